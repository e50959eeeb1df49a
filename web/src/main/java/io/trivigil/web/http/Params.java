package io.trivigil.web.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a request, in their order; a name may stand many times. Immutable.
public final class Params {
  /// No parameters.
  public static final Params NONE = new Params(Map.of());

  private final Map<String, List<String>> values;

  private Params(Map<String, List<String>> values) {
    this.values = values;
  }

  /// Parameters from query strings or form bodies, the earlier ones first. Escapes that are none
  /// are left as they stand.
  public static Params parse(String... encoded) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String text : encoded) {
      for (String pair : text.split("&")) {
        if (!pair.isEmpty()) {
          int equals = pair.indexOf('=');
          String name = equals < 0 ? pair : pair.substring(0, equals);
          String value = equals < 0 ? "" : pair.substring(equals + 1);
          values.computeIfAbsent(decode(name), _ -> new ArrayList<>()).add(decode(value));
        }
      }
    }
    return values.isEmpty() ? NONE : new Params(values);
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text; // a lone percent sign
    }
  }

  /// The first value of `name`, empty if there is none.
  public String first(String name) {
    List<String> all = values.getOrDefault(name, List.of());
    return all.isEmpty() ? "" : all.getFirst();
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// All values of `name` in their order.
  public List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /// All values of `name` and of `name[]`.
  public List<String> allOf(String name) {
    List<String> all = new ArrayList<>(all(name));
    all.addAll(all(name + "[]"));
    return all;
  }
}
