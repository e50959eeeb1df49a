package io.trivigil.web.cli;

/// One flag that a server takes.
///
/// @param name its name without dashes
/// @param kind how it is written
/// @param fate what becomes of it
/// @param byDefault its value where it is not given
/// @param help one sentence for `--help`
record Flag(String name, Kind kind, Fate fate, String byDefault, String help) {

  /// How a flag is written.
  enum Kind {
    /// `--flag` or `--no-flag`.
    SWITCH,
    /// `--flag=v`; the last one counts.
    VALUE,
    /// `--flag=v`, as often as wanted.
    LIST
  }

  /// What becomes of a flag.
  enum Fate {
    HONOURED,
    /// It is taken, and means nothing here.
    IGNORED,
    /// It is taken, but nothing acts upon it in this version; a start says so.
    LATER,
    /// It asks for what we can not be.
    REFUSED
  }

  static Flag value(String name, String byDefault, String help) {
    return new Flag(name, Kind.VALUE, Fate.HONOURED, byDefault, help);
  }

  static Flag list(String name, String byDefault, String help) {
    return new Flag(name, Kind.LIST, Fate.HONOURED, byDefault, help);
  }

  static Flag on(String name, boolean byDefault, String help) {
    return new Flag(name, Kind.SWITCH, Fate.HONOURED, Boolean.toString(byDefault), help);
  }

  /// The same flag, which nothing acts upon yet.
  Flag later() {
    return new Flag(name, kind, Fate.LATER, byDefault, help + " (Not yet.)");
  }

  static Flag ignored(String name) {
    return new Flag(name, Kind.LIST, Fate.IGNORED, "", "Accepted; means nothing here.");
  }

  static Flag ignoredSwitch(String name) {
    return new Flag(name, Kind.SWITCH, Fate.IGNORED, "false", "Accepted; means nothing here.");
  }
}
