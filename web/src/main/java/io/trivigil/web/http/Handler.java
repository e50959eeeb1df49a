package io.trivigil.web.http;

/// Answers the requests of one route. Called from many virtual threads at once; may block.
@FunctionalInterface
public interface Handler {
  /// @throws ApiException where the request is answered by an error
  /// @throws InterruptedException if the server stops, or the client is gone
  Answer handle(Request request) throws InterruptedException;
}
