package io.trivigil.web.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One request, read whole. Immutable.
///
/// @param method `GET`, `POST` …
/// @param path the path below the route prefix, decoded, beginning with `/`
/// @param query the query string as it came, without its question mark
/// @param params parameters of the query string, and of a form body behind them
/// @param headers headers by their lower-case names; the first of each
/// @param body the body; empty if there is none. Not to be changed
/// @param names what the names in the route's pattern stand for
public record Request(
    String method,
    String path,
    String query,
    Params params,
    Map<String, String> headers,
    byte[] body,
    Map<String, String> names) {
  public Request {
    headers = Map.copyOf(headers);
    names = Map.copyOf(names);
  }

  /// This request as the route sees it.
  public Request named(Map<String, String> names) {
    return new Request(method, path, query, params, headers, body, names);
  }

  /// This request with one more header, in lower case.
  public Request with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Request(method, path, query, params, more, body, names);
  }

  /// What `{name}` in the route's pattern stands for.
  public String named(String name) {
    return names.getOrDefault(name, "");
  }

  /// The header `name`, in any case.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// The media type of the body without its parameters, in lower case; empty if not said.
  public String mediaType() {
    String type = header("content-type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
