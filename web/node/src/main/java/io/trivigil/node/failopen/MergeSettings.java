package io.trivigil.node.failopen;

import java.time.Duration;

/// The limits of bringing into the log what nodes took alone, and how long a new leader waits for
/// it. While it waits it scrapes and holds back what it scraped, so a wait that is shorter than the
/// scrape interval leaves no hole.
///
/// @param unreached the longest wait for a member that the leader can not reach (yet); default 2 s
/// @param silence the longest wait for the first word of a member that it reaches; default 5 s
/// @param stall the longest wait for the next word of a member that has begun to merge, longer than
///   a proposal may take; default 15 s
/// @param limit the longest wait in all; zero for none at all; default 60 s
/// @param chunkBytes when scrapes that travel as one command are enough, bytes; default 512 KiB
/// @param commandBytes the largest command with one scrape, bytes: a larger one is left out;
///   default 1 KiB less than the log's 4 MiB
public record MergeSettings(
    Duration unreached,
    Duration silence,
    Duration stall,
    Duration limit,
    int chunkBytes,
    int commandBytes) {

  /// What Trivigil ships with.
  public static final MergeSettings DEFAULT =
      new MergeSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          512 << 10,
          (4 << 20) - 1024);

  public MergeSettings {
    if (chunkBytes <= 0 || commandBytes < chunkBytes) {
      throw new IllegalArgumentException(
          "merge limits do not fit each other: 0 < chunk_bytes=%d <= command_bytes=%d"
              .formatted(chunkBytes, commandBytes));
    }
  }

  /// The same where nobody is waited for.
  public MergeSettings withoutWait() {
    return new MergeSettings(unreached, silence, stall, Duration.ZERO, chunkBytes, commandBytes);
  }

  /// The same with other chunks.
  public MergeSettings withChunkBytes(int bytes) {
    return new MergeSettings(unreached, silence, stall, limit, bytes, commandBytes);
  }
}
