package org.apache.ratis.util;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// CRC-32C of each entry of the log, as Ratis writes and checks it, by the processor's own
/// instruction. Stands for Ratis' class of this name, which counts with tables:
/// `docs/adr/0023-ratis-checksum.md`. For one thread.
///
/// Two things differ, and Ratis depends on neither: a buffer keeps its byte order, and an offset or
/// length outside of the array is refused before a byte is counted.
public class PureJavaCrc32C implements Checksum {
  private final CRC32C crc = new CRC32C();

  @Override
  public void update(int b) {
    crc.update(b);
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  /// Counts what remains in the buffer, and leaves its position where it is.
  @Override
  public void update(ByteBuffer buffer) {
    int position = buffer.position();
    crc.update(buffer);
    buffer.position(position);
  }

  @Override
  public long getValue() {
    return crc.getValue();
  }

  @Override
  public void reset() {
    crc.reset();
  }
}
