package io.trivigil.web.remote;

/// The raw label fields of a series that has to travel with its labels, for [SeriesAliases#learn].
/// Immutable.
public final class Unlearnt {
  /// Where the label fields do not stand together: can not be learnt.
  static final Unlearnt NEVER = new Unlearnt(new byte[0], 0);

  private final byte[] fields;
  private final int hash;

  /// @param fields one label field after the other, tag and length included; kept
  Unlearnt(byte[] fields, int hash) {
    this.fields = fields;
    this.hash = hash;
  }

  byte[] fields() {
    return fields;
  }

  int hash() {
    return hash;
  }
}
