package io.trivigil.web.server;

/// What the HTTP server bears. Each limit is a metric too.
///
/// @param maxBodyBytes the largest request body, bytes; default 64 MiB
/// @param maxAnswerBytes the largest answer, bytes; default 256 MiB
/// @param maxConcurrent requests that are answered at one time; more get 503; default 512
public record WebLimits(int maxBodyBytes, int maxAnswerBytes, int maxConcurrent) {
  /// The limits that Trivigil ships with.
  public static final WebLimits DEFAULT = new WebLimits(64 << 20, 256 << 20, 512);

  public WebLimits {
    if (maxBodyBytes <= 0 || maxAnswerBytes <= 0 || maxConcurrent <= 0) {
      throw new IllegalArgumentException(
          "web limits must be above 0: max_body_bytes=%d max_answer_bytes=%d max_concurrent=%d"
              .formatted(maxBodyBytes, maxAnswerBytes, maxConcurrent));
    }
  }
}
