package io.trivigil.storage.page;

/// Told while files are read for their checksums. Called by the thread that reads.
public interface FileCheck {
  /// A file was read whole. May wait, to keep the reading slow.
  ///
  /// @return whether to go on
  boolean read(String file, long bytes);

  /// A file is damaged or missing.
  void damaged(String file, String problem);
}
