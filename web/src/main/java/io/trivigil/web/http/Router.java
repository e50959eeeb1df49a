package io.trivigil.web.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Finds the handler of a request. Filled by one thread before it is shared; only read afterwards.
///
/// A pattern is a path with `{name}` for one whole segment, or `{name...}` for all the rest.
public final class Router {
  private record Route(List<String> segments, Map<String, Handler> methods) {}

  /// What was found for a request.
  public sealed interface Found {
    /// The handler, and what the pattern's names stand for.
    record Match(Handler handler, Map<String, String> names) implements Found {}

    /// The path exists, but not with this method.
    record WrongMethod(Set<String> allowed) implements Found {}

    record Nothing() implements Found {}
  }

  private final Map<String, Route> exact = new HashMap<>();
  private final List<Route> patterns = new ArrayList<>();

  /// Adds a route; `GET` serves `HEAD` too.
  ///
  /// @param methods `GET,POST`
  ///
  /// @throws IllegalArgumentException if the route is there already
  public Router on(String methods, String path, Handler handler) {
    Route route;
    if (path.contains("{")) {
      List<String> segments = List.of(path.split("/"));
      route =
          patterns.stream()
              .filter(known -> known.segments.equals(segments))
              .findFirst()
              .orElseGet(
                  () -> {
                    Route fresh = new Route(segments, new LinkedHashMap<>());
                    patterns.add(fresh);
                    return fresh;
                  });
    } else {
      route = exact.computeIfAbsent(path, _ -> new Route(List.of(), new LinkedHashMap<>()));
    }
    for (String method : methods.split(",")) {
      if (route.methods.put(method, handler) != null) {
        throw new IllegalArgumentException("route stands twice: %s %s".formatted(method, path));
      }
    }
    return this;
  }

  /// The handler for a request, if there is one.
  public Found find(String method, String path) {
    Route route = exact.get(path);
    Map<String, String> names = new HashMap<>();
    if (route == null) {
      String[] segments = path.split("/", -1);
      for (Route candidate : patterns) {
        if (matches(candidate.segments, segments, names)) {
          route = candidate;
          break;
        }
      }
    }
    if (route == null) {
      return new Found.Nothing();
    }
    Handler handler = route.methods.get(method.equals("HEAD") ? "GET" : method);
    return handler == null
        ? new Found.WrongMethod(new TreeSet<>(route.methods.keySet()))
        : new Found.Match(handler, names);
  }

  private static boolean matches(
      List<String> pattern, String[] segments, Map<String, String> names) {
    names.clear();
    for (int i = 0; i < pattern.size(); i++) {
      String part = pattern.get(i);
      if (part.endsWith("...}")) {
        if (i >= segments.length) {
          return false;
        }
        String rest = String.join("/", List.of(segments).subList(i, segments.length));
        names.put(part.substring(1, part.length() - 4), rest);
        return true;
      }
      if (i >= segments.length) {
        return false;
      }
      if (part.startsWith("{")) {
        if (segments[i].isEmpty()) {
          return false;
        }
        names.put(part.substring(1, part.length() - 1), segments[i]);
      } else if (!part.equals(segments[i])) {
        return false;
      }
    }
    return pattern.size() == segments.length;
  }
}
