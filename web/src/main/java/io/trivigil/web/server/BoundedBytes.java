package io.trivigil.web.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Collects an answer up to a limit.
final class BoundedBytes extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
  private final int limit;

  BoundedBytes(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int b) throws IOException {
    check(1);
    bytes.write(b);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    check(length);
    bytes.write(source, offset, length);
  }

  private void check(int more) throws IOException {
    if (bytes.size() + (long) more > limit) {
      throw new IOException("the answer is larger than the limit of %d bytes".formatted(limit));
    }
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
