package io.trivigil.config.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What became of a request.
public sealed interface HttpResult {
  /// The server answered, whatever its status.
  ///
  /// @param headers the first value of each header, names in lower case
  /// @param body decompressed
  record Answer(int status, Map<String, String> headers, byte[] body) implements HttpResult {
    public Answer {
      headers = Map.copyOf(headers);
    }

    public boolean isSuccess() {
      return status / 100 == 2;
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /// There was no answer, or none that could be taken.
  record Failure(Reason reason, String message) implements HttpResult {}

  /// Why there was no answer; also a metric label.
  enum Reason {
    /// The time of the call was over. The server may have acted on it.
    TIMEOUT,
    /// The host's name is not known, or no connection came about: the server did not see the call.
    CONNECT,
    /// TLS, certificates.
    TLS,
    /// The answer is larger than the call allows.
    TOO_LARGE,
    /// A secret or certificate could not be read, or no token could be had: nothing was sent.
    CREDENTIALS,
    /// The connection broke, or the answer was no HTTP. The server may have acted on the call.
    BROKEN,
    /// The calling thread was interrupted. The server may have acted on the call.
    INTERRUPTED
  }
}
