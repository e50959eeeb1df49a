package io.trivigil.scraper.loop;

import io.trivigil.scraper.discovery.Target;

/// Fetches what a target exposes: the only input of the loops.
@FunctionalInterface
public interface Fetcher {
  /// Fetches once, at most for the target's timeout. An interrupt ends it.
  Fetched fetch(Target target);

  /// What came of it.
  sealed interface Fetched {
    /// An answer with status 200, decompressed.
    ///
    /// @param contentType empty if absent
    record Body(byte[] bytes, String contentType) implements Fetched {}

    /// No such answer.
    record Failed(String error, boolean tooLarge) implements Fetched {}
  }
}
