package io.trivigil.scraper.config;

import java.util.List;
import java.util.Optional;

/// The files that a configuration is read from: a disk, or a replicated bundle.
public interface ConfigFiles {
  /// The text of a file; empty if there is none of that path.
  Optional<String> read(String path);

  /// The paths that match a pattern (`*` within one part of the path), sorted. A pattern without
  /// `*` matches the file of that path, if it is there.
  List<String> glob(String pattern);
}
