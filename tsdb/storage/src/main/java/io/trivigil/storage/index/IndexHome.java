package io.trivigil.storage.index;

import java.nio.file.Path;
import java.util.function.Consumer;

/// Where the series indexes of a store live, and what they share.
///
/// @param directory of all partitions; each has one of its own in it
/// @param writeBytes memory for new series of one partition that are grouped at once on their way
///   into the index; more are written piece by piece
/// @param warn is told of an index that does not open and is built again
public record IndexHome(Path directory, long writeBytes, Answers answers, Consumer<String> warn) {
  /// Where the index of a partition lives.
  public static Path path(Path directory, long partition) {
    return directory.resolve("partition-" + partition);
  }

  Path of(long partition) {
    return path(directory, partition);
  }
}
