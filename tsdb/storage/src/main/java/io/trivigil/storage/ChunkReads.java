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
  void read(PageView pages, long partition, long ref, long fromMs, long toMs, SampleBuffer out) {
    read(pages, partition, ref, fromMs, toMs, fromMs, out);
  }

  private void read(
      PageView pages,
      long partition,
      long ref,
      long chunksFromMs,
      long toMs,
      long fromMs,
      SampleBuffer out) {
    if (fromMs > toMs) {
      return;
    }
    byte[] end =
        toMs == Long.MAX_VALUE
            ? Keys.chunk(partition, ref + 1, Long.MIN_VALUE)
            : Keys.chunk(partition, ref, toMs + 1);
    pages.scanFromFloor(
        Table.CHUNKS,
        Keys.chunk(partition, ref, Long.MIN_VALUE),
        Keys.chunk(partition, ref, chunksFromMs),
        end,
        (key, chunk) -> {
          try {
            if (ChunkCodec.header(chunk).maxMs() >= fromMs) {
              ChunkCodec.decode(chunk, fromMs, toMs, out);
            }
          } catch (CorruptChunkException e) {
            corrupt.found(key, e);
          }
          return true;
        });
  }

  /// As [#read], but of the newest chunk that begins at or before `toMs`; of the whole range if
  /// that chunk has nothing in it.
  void readFloor(
      PageView pages, long partition, long ref, long fromMs, long toMs, SampleBuffer out) {
    read(pages, partition, ref, toMs, toMs, fromMs, out);
    if (out.isEmpty()) {
      read(pages, partition, ref, fromMs, toMs, out);
    }
  }
}
