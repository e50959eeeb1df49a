package io.trivigil.config.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request.
///
/// @param headers in the order they are sent; what `http_config` adds comes on top
/// @param body empty for none; not to be changed afterwards
/// @param timeout from the call until the last byte of the answer
/// @param maxBodyBytes the largest answer after decompression, bytes
public record HttpCall(
    String method,
    URI uri,
    Map<String, String> headers,
    byte[] body,
    Duration timeout,
    long maxBodyBytes) {
  /// The largest answer where the caller names no limit: 64 MiB.
  public static final long DEFAULT_MAX_BODY_BYTES = 64L << 20;

  public HttpCall {
    headers = new LinkedHashMap<>(headers);
  }

  /// A GET that takes a gzip answer.
  public static HttpCall get(URI uri, Map<String, String> headers, Duration timeout) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putIfAbsent("Accept-Encoding", "gzip");
    return new HttpCall("GET", uri, all, new byte[0], timeout, DEFAULT_MAX_BODY_BYTES);
  }

  /// A POST.
  public static HttpCall post(URI uri, Map<String, String> headers, byte[] body, Duration timeout) {
    return new HttpCall("POST", uri, headers, body, timeout, DEFAULT_MAX_BODY_BYTES);
  }
}
