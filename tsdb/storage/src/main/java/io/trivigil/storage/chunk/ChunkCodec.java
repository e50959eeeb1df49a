package io.trivigil.storage.chunk;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.zip.CRC32C;

/// Reads chunks, as versions before 3 of the partition record wrote them: samples of one series in
/// rising time, bit-exact (stale markers, NaN payloads, −0). Layout: `docs/chunks.md`. Stateless.
///
/// Timestamps are a delta of deltas in four widths, values the XOR with the value before them, as
/// Gorilla and Prometheus do it.
public final class ChunkCodec {
  /// The most samples that one chunk holds.
  static final int MAX_SAMPLES = 65_536;

  static final int MAGIC = 0xC7;
  static final int VERSION = 1;
  static final int CRC_BYTES = 4;

  private ChunkCodec() {}

  /// What stands in front of the samples.
  public record Header(int count, long minMs, long maxMs, int bodyOffset) {}

  /// Reads the header alone, without looking at the checksum.
  ///
  /// @throws CorruptChunkException if it makes no sense
  public static Header header(byte[] chunk) {
    if (chunk.length < CRC_BYTES + 5) {
      throw new CorruptChunkException("chunk is too short: bytes=" + chunk.length);
    }
    try {
      ByteReader in = new ByteReader(chunk, 0, chunk.length - CRC_BYTES);
      int magic = in.u8();
      int version = in.u8();
      if (magic != MAGIC || version != VERSION) {
        throw new CorruptChunkException(
            "chunk header: expected magic=0x%02x version=%d found magic=0x%02x version=%d"
                .formatted(MAGIC, VERSION, magic, version));
      }
      int count = in.intVarint();
      long minMs = in.zigzag();
      long maxMs = minMs + in.varint();
      if (count < 1 || count > MAX_SAMPLES || maxMs < minMs) {
        throw new CorruptChunkException(
            "chunk header out of range: count=%d min_ms=%d max_ms=%d"
                .formatted(count, minMs, maxMs));
      }
      return new Header(count, minMs, maxMs, chunk.length - CRC_BYTES - in.remaining());
    } catch (MalformedBytesException e) {
      throw new CorruptChunkException("chunk header: " + e.getMessage());
    }
  }

  /// Checks the whole chunk and appends its samples of `fromMs <= t <= toMs` to `out`.
  ///
  /// @throws CorruptChunkException if anything is wrong; `out` is then as it was before
  public static void decode(byte[] chunk, long fromMs, long toMs, SampleBuffer out) {
    decode(header(chunk), chunk, fromMs, toMs, out);
  }

  /// As [#decode], of a chunk whose header was read already.
  public static void decode(Header header, byte[] chunk, long fromMs, long toMs, SampleBuffer out) {
    checkSum(chunk);
    BitReader bits = new BitReader(chunk, header.bodyOffset(), chunk.length - CRC_BYTES);
    long[] timestamps = readTimestamps(bits, header);
    int low = 0;
    while (low < timestamps.length && timestamps[low] < fromMs) {
      low++;
    }
    int high = timestamps.length;
    while (high > low && timestamps[high - 1] > toMs) {
      high--;
    }
    double[] values = new double[timestamps.length];
    readValues(bits, values, high);
    out.add(timestamps, values, low, high - low);
  }

  private static long[] readTimestamps(BitReader bits, Header header) {
    long[] timestamps = new long[header.count()];
    long at = header.minMs();
    long delta = 0;
    timestamps[0] = at;
    int i = 1;
    while (i < timestamps.length) {
      // Most come as regularly as the one before.
      for (int same = bits.zeros(timestamps.length - i); same > 0; same--) {
        at += delta;
        timestamps[i++] = at;
      }
      if (i < timestamps.length) {
        delta += readSpacing(bits);
        at += delta;
        timestamps[i++] = at;
      }
    }
    if (at != header.maxMs()) {
      throw new CorruptChunkException(
          "chunk ends elsewhere: expected_max_ms=%d found_ms=%d".formatted(header.maxMs(), at));
    }
    return timestamps;
  }

  /// Reads the first `count` values; the others are not looked at.
  private static void readValues(BitReader bits, double[] into, int count) {
    if (count == 0) {
      return;
    }
    long value = bits.bits(64);
    into[0] = Double.longBitsToDouble(value);
    int leading = 0;
    int width = 64;
    int i = 1;
    while (i < count) {
      double before = Double.longBitsToDouble(value);
      for (int same = bits.zeros(count - i); same > 0; same--) {
        into[i++] = before;
      }
      if (i == count) {
        return;
      }
      if (bits.bits(2) == 0b11) { // the first of them is a one
        leading = (int) bits.bits(5);
        width = (int) bits.bits(6) + 1;
      }
      int trailing = 64 - leading - width;
      if (trailing < 0) {
        throw new CorruptChunkException(
            "chunk value window: leading=%d width=%d".formatted(leading, width));
      }
      value ^= bits.bits(width) << trailing;
      into[i++] = Double.longBitsToDouble(value);
    }
  }

  private static long readSpacing(BitReader bits) {
    if (bits.bit() == 0) {
      return 0;
    }
    if (bits.bit() == 0) {
      return signed(bits.bits(8), 8);
    }
    if (bits.bit() == 0) {
      return signed(bits.bits(14), 14);
    }
    return bits.bit() == 0 ? signed(bits.bits(20), 20) : bits.bits(64);
  }

  private static long signed(long value, int width) {
    return value << (64 - width) >> (64 - width);
  }

  private static void checkSum(byte[] chunk) {
    int end = chunk.length - CRC_BYTES;
    CRC32C crc = new CRC32C();
    crc.update(chunk, 0, end);
    long expected = 0;
    for (int i = 0; i < CRC_BYTES; i++) {
      expected |= (chunk[end + i] & 0xFFL) << (8 * i);
    }
    if (expected != crc.getValue()) {
      throw new CorruptChunkException(
          "chunk checksum mismatch: expected=0x%08x found=0x%08x"
              .formatted(expected, crc.getValue()));
    }
  }
}
