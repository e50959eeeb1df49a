package io.trivigil.storage.chunk;

import io.trivigil.model.codec.ByteWriter;
import java.util.zip.CRC32C;

/// Writes chunks as older versions did, for tests that read them. Stateless.
public final class ChunkEncoder {
  private static final int NO_WINDOW = 65;

  private ChunkEncoder() {}

  /// Encodes `count` samples from `from` on; `data` holds timestamp and value bits in turn.
  ///
  /// @throws IllegalArgumentException if there are none or too many, or time does not rise
  public static byte[] encode(long[] data, int from, int count) {
    if (count < 1 || count > ChunkCodec.MAX_SAMPLES) {
      throw new IllegalArgumentException("chunk samples out of range: count=" + count);
    }
    long minMs = data[2 * from];
    long maxMs = data[2 * (from + count - 1)];
    ByteWriter out = new ByteWriter(32 + count * 4);
    out.u8(ChunkCodec.MAGIC)
        .u8(ChunkCodec.VERSION)
        .varint(count)
        .zigzag(minMs)
        .varint(maxMs - minMs);
    BitWriter bits = new BitWriter(16 + count * 4);
    writeTimestamps(bits, data, from, count);
    writeValues(bits, data, from, count);
    bits.finish(out);
    CRC32C crc = new CRC32C();
    byte[] soFar = out.toBytes();
    crc.update(soFar, 0, soFar.length);
    long sum = crc.getValue();
    for (int shift = 0; shift < 32; shift += 8) {
      out.u8((int) (sum >>> shift) & 0xFF);
    }
    return out.toBytes();
  }

  private static void writeTimestamps(BitWriter bits, long[] data, int from, int count) {
    long before = data[2 * from];
    long deltaBefore = 0;
    for (int i = 1; i < count; i++) {
      long timestampMs = data[2 * (from + i)];
      if (timestampMs <= before) {
        throw new IllegalArgumentException(
            "chunk time does not rise: before_ms=%d then_ms=%d".formatted(before, timestampMs));
      }
      long delta = timestampMs - before;
      writeSpacing(bits, delta - deltaBefore);
      deltaBefore = delta;
      before = timestampMs;
    }
  }

  /// Writes a change of spacing in the narrowest of five widths. Layout: `docs/chunks.md`.
  private static void writeSpacing(BitWriter bits, long change) {
    // Scrapes jitter by a few milliseconds, so the first width after "none" is wide enough for it.
    if (change == 0) {
      bits.bit(0);
    } else if (fits(change, 8)) {
      bits.bits(0b10, 2);
      bits.bits(change, 8);
    } else if (fits(change, 14)) {
      bits.bits(0b110, 3);
      bits.bits(change, 14);
    } else if (fits(change, 20)) {
      bits.bits(0b1110, 4);
      bits.bits(change, 20);
    } else {
      bits.bits(0b1111, 4);
      bits.bits(change, 64);
    }
  }

  private static boolean fits(long value, int width) {
    long limit = 1L << (width - 1);
    return value >= -limit && value < limit;
  }

  private static void writeValues(BitWriter bits, long[] data, int from, int count) {
    long before = data[2 * from + 1];
    bits.bits(before, 64);
    int leading = NO_WINDOW;
    int trailing = 0;
    for (int i = 1; i < count; i++) {
      long value = data[2 * (from + i) + 1];
      long xor = value ^ before;
      before = value;
      if (xor == 0) {
        bits.bit(0);
        continue;
      }
      int zerosBefore = Math.min(31, Long.numberOfLeadingZeros(xor));
      int zerosBehind = Long.numberOfTrailingZeros(xor);
      if (leading != NO_WINDOW && zerosBefore >= leading && zerosBehind >= trailing) {
        bits.bits(0b10, 2);
      } else {
        leading = zerosBefore;
        trailing = zerosBehind;
        bits.bits(0b11, 2);
        bits.bits(leading, 5);
        bits.bits(64 - leading - trailing - 1, 6);
      }
      bits.bits(xor >>> trailing, 64 - leading - trailing);
    }
  }
}
