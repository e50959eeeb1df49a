package io.trivigil.raft.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How a directory without a place in a cluster came about: two small files beside the identity,
/// which count until the node has found its place.
/// - `restored`: the store beside the log was restored from the backup of this id. Nodes found a
///   cluster only if all of them hold the same backup, or none of them any; otherwise a log that
///   begins anew would be applied to different states.
/// - `rejoins`: the node had a place and set its damaged data aside. It never founds.
///
/// @param restored the id of the backup, empty without one
/// @param rejoins whether this node only joins
public record StartMarks(String restored, boolean rejoins) {
  private static final String RESTORED = "restored";
  private static final String REJOINS = "rejoins";

  static StartMarks read(Path directory) throws IOException {
    Path restored = directory.resolve(RESTORED);
    return new StartMarks(
        Files.exists(restored) ? Files.readString(restored).strip() : "",
        Files.exists(directory.resolve(REJOINS)));
  }

  /// Marks a log directory whose store was restored.
  ///
  /// @param id the backup's
  public static void markRestored(Path directory, String id) throws IOException {
    Files.createDirectories(directory);
    Checkpoints.writeDurably(directory.resolve(RESTORED), id + "\n");
  }

  /// Marks a log directory whose node may join, but not found.
  public static void markRejoining(Path directory, String reason) throws IOException {
    Files.createDirectories(directory);
    Checkpoints.writeDurably(directory.resolve(REJOINS), reason + "\n");
  }

  /// The node has a place: from now on its identity says everything.
  static void clear(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(RESTORED));
    Files.deleteIfExists(directory.resolve(REJOINS));
  }

  /// What a blank node tells its peers; founders say the same.
  String word() {
    if (rejoins) {
      return "rejoins, and founds nothing";
    }
    return restored.isEmpty() ? "" : "holds backup " + restored;
  }
}
