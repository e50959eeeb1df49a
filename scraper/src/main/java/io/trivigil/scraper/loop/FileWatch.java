package io.trivigil.scraper.loop;

import java.util.List;

/// Tells when files may have changed. A hint only: whoever listens reads the files again in any
/// case from time to time.
@FunctionalInterface
public interface FileWatch {
  /// Watches nothing.
  FileWatch NONE = (_, _) -> () -> {};

  /// Calls `changed`, from any thread, after something changed in the folders of these patterns.
  Watching watch(List<String> patterns, Runnable changed);

  /// Ends the watching.
  interface Watching extends AutoCloseable {
    @Override
    void close();
  }
}
