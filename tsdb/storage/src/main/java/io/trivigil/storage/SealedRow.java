package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.zip.CRC32C;

/// The form of the rows that tell where series stand in pages: u8 version, the fields, then fixed64
/// CRC32C of all that.
final class SealedRow {
  private static final int CRC_BYTES = 8;

  private SealedRow() {}

  /// What was written, version first, with its checksum behind it.
  static byte[] seal(ByteWriter out) {
    byte[] soFar = out.toBytes();
    return out.fixed64(sum(soFar, soFar.length)).toBytes();
  }

  /// The fields behind the version.
  ///
  /// @param what names the row in errors
  /// @throws MalformedBytesException if it is not what was sealed, or of another version
  static ByteReader open(byte[] row, int expected, String what) {
    int end = row.length - CRC_BYTES;
    if (end < 2 || new ByteReader(row, end, CRC_BYTES).fixed64() != sum(row, end)) {
      throw new MalformedBytesException(what + ": checksum mismatch: bytes=" + row.length);
    }
    ByteReader in = new ByteReader(row, 0, end);
    int version = in.u8();
    if (version != expected) {
      throw new MalformedBytesException(
          "%s: expected version=%d found=%d".formatted(what, expected, version));
    }
    return in;
  }

  private static long sum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }
}
