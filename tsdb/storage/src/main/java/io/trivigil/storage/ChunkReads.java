package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.chunk.ChunkCodec;
import io.trivigil.storage.chunk.CorruptChunkException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;

/// Reads the stored samples of one series. Thread-safe.
final class ChunkReads {
  private final CorruptChunks corrupt;

  ChunkReads(CorruptChunks corrupt) {
    this.corrupt = corrupt;
  }

  /// Appends the samples of one partition with `fromMs <= t <= toMs`, oldest first; a corrupt chunk
  /// is told of and left out.
  void read(
      PageView pages,
      FloorGuesses guesses,
      long partition,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    if (fromMs <= toMs) {
      new Reading(partition, ref, fromMs, fromMs, toMs, out).run(pages, guesses);
    }
  }

  /// As [#read], but of the newest chunk that begins at or before `toMs`; of the whole range if
  /// that chunk has nothing in it.
  void readFloor(
      PageView pages,
      FloorGuesses guesses,
      long partition,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    if (fromMs > toMs) {
      return;
    }
    new Reading(partition, ref, toMs, fromMs, toMs, out).run(pages, guesses);
    if (out.isEmpty()) {
      read(pages, guesses, partition, ref, fromMs, toMs, out);
    }
  }

  /// One walk over chunks of a series, from the one that holds `startMs` on.
  private final class Reading implements PageView.Visitor {
    private final long partition;
    private final long ref;
    private final long startMs;
    private final long fromMs;
    private final long toMs;
    private final SampleBuffer out;
    private int chunks;
    private int passed;
    private long floorMs;

    Reading(long partition, long ref, long startMs, long fromMs, long toMs, SampleBuffer out) {
      this.partition = partition;
      this.ref = ref;
      this.startMs = startMs;
      this.fromMs = fromMs;
      this.toMs = toMs;
      this.out = out;
    }

    void run(PageView pages, FloorGuesses guesses) {
      long guessMs = guesses.below(partition, startMs);
      byte[] first = Keys.chunk(partition, ref, Long.MIN_VALUE);
      byte[] start = Keys.chunk(partition, ref, startMs);
      byte[] end =
          toMs == Long.MAX_VALUE
              ? Keys.chunk(partition, ref + 1, Long.MIN_VALUE)
              : Keys.chunk(partition, ref, toMs + 1);
      if (guessMs < startMs) {
        pages.scanFromGuess(
            Table.CHUNKS, first, Keys.chunk(partition, ref, guessMs), start, end, this);
      } else {
        pages.scanFromFloor(Table.CHUNKS, first, start, end, this);
      }
      if (chunks > 0) {
        guesses.learn(partition, startMs, guessMs, passed, floorMs);
      }
    }

    @Override
    public boolean visit(byte[] key, byte[] chunk) {
      chunks++;
      try {
        ChunkCodec.Header header = ChunkCodec.header(chunk);
        if (header.minMs() <= startMs) {
          passed++;
          floorMs = header.minMs();
        }
        if (header.maxMs() < fromMs) {
          return true;
        }
        ChunkCodec.decode(header, chunk, fromMs, toMs, out);
        return header.maxMs() < toMs; // what comes next is newer
      } catch (CorruptChunkException e) {
        corrupt.found(key, e);
        return true;
      }
    }
  }
}
