package io.trivigil.config.http;

/// Sends HTTP requests as one `http_config` says: the port that tests put a fake behind.
/// Thread-safe.
@FunctionalInterface
public interface HttpTransport {
  /// Sends one request and waits for the whole answer, at most [HttpCall#timeout]. Never throws for
  /// what the world does; an interrupt ends the call and leaves the thread interrupted.
  HttpResult send(HttpCall call);
}
