package io.trivigil.web.cli;

import io.trivigil.config.ByteSize;
import io.trivigil.model.PromDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The flags that were given, over the defaults of those that were not. Immutable.
final class FlagValues {
  private final Map<String, Flag> flags;
  private final Map<String, List<String>> given;

  private FlagValues(Map<String, Flag> flags, Map<String, List<String>> given) {
    this.flags = flags;
    this.given = given;
  }

  /// Reads arguments in kingpin's way.
  ///
  /// @throws UsageException if one is not understood
  static FlagValues parse(List<Flag> known, List<String> arguments) {
    Map<String, Flag> flags = new TreeMap<>();
    known.forEach(flag -> flags.put(flag.name(), flag));
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.length() == 2) {
        throw new UsageException("unexpected " + argument);
      }
      int equals = argument.indexOf('=');
      String name = argument.substring(2, equals < 0 ? argument.length() : equals);
      boolean off = name.startsWith("no-") && !flags.containsKey(name);
      Flag flag = flags.get(off ? name.substring(3) : name);
      if (flag == null || (off && flag.kind() != Flag.Kind.SWITCH)) {
        throw new UsageException("unknown flag --" + name);
      }
      String value;
      if (flag.kind() == Flag.Kind.SWITCH) {
        value = equals < 0 ? Boolean.toString(!off) : argument.substring(equals + 1);
        if (!value.equals("true") && !value.equals("false")) {
          throw new UsageException("--%s is true or false, not %s".formatted(name, value));
        }
      } else if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (i + 1 < arguments.size()) {
        value = arguments.get(++i);
      } else {
        throw new UsageException("expected argument for flag --" + name);
      }
      if (flag.fate() == Flag.Fate.REFUSED && !value.equals("false")) {
        throw new UsageException("--%s can not be had: %s".formatted(name, flag.help()));
      }
      given.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(value);
    }
    return new FlagValues(flags, given);
  }

  boolean isGiven(String name) {
    return given.containsKey(name);
  }

  /// The last value.
  String text(String name) {
    List<String> values = given.get(name);
    return values == null ? flag(name).byDefault() : values.getLast();
  }

  /// All values, cut at commas; empty ones left out.
  List<String> list(String name) {
    List<String> values = given.getOrDefault(name, List.of(flag(name).byDefault()));
    List<String> parts = new ArrayList<>();
    for (String value : values) {
      for (String part : value.split(",")) {
        if (!part.isBlank()) {
          parts.add(part.strip());
        }
      }
    }
    return parts;
  }

  boolean isOn(String name) {
    return Boolean.parseBoolean(text(name));
  }

  int integer(String name) {
    return read(name, Integer::valueOf);
  }

  Duration duration(String name) {
    return read(name, PromDuration::parse);
  }

  long bytes(String name) {
    return read(name, ByteSize::parse);
  }

  private <T> T read(String name, Function<String, T> reader) {
    try {
      return reader.apply(text(name));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--%s: %s".formatted(name, e.getMessage()));
    }
  }

  private Flag flag(String name) {
    Flag flag = flags.get(name);
    if (flag == null) {
      throw new IllegalArgumentException("no such flag: " + name);
    }
    return flag;
  }

  /// Those that were given and have this fate.
  List<String> given(Flag.Fate fate) {
    return given.keySet().stream().filter(name -> flag(name).fate() == fate).toList();
  }

  /// Every flag that means something with its value, as `status/flags` shows it.
  Map<String, String> shown() {
    Map<String, String> shown = new TreeMap<>();
    for (Flag flag : flags.values()) {
      List<String> values = given.getOrDefault(flag.name(), List.of(flag.byDefault()));
      shown.put(flag.name(), String.join(",", values));
    }
    return shown;
  }
}
