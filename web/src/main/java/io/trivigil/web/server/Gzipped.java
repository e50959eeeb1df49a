package io.trivigil.web.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Compresses an answer on its way, unless it is too short to be worth it. By the quickest level:
/// samples as JSON shrink to a third or a quarter by it in 7 ms for each MB; the usual level takes
/// 28 to 36 ms for another tenth to quarter of that. Used by one thread; [#close] ends it whatever
/// became of the answer.
final class Gzipped extends OutputStream {
  /// From how many bytes on an answer is compressed; fewer fit into one packet anyway.
  static final int WORTH_BYTES = 1 << 10;

  private static final int BUFFER_BYTES = 8 << 10;

  private final OutputStream body;
  private final Runnable begins;
  private final byte[] first = new byte[WORTH_BYTES];
  private int filled;
  private OutputStream out; // what takes the bytes behind the first ones
  private boolean compresses;

  /// @param begins is called before the first compressed byte goes to `body`
  Gzipped(OutputStream body, Runnable begins) {
    this.body = body;
    this.out = body;
    this.begins = begins;
  }

  /// Whether a client that says `Accept-Encoding: accepted` takes gzip.
  static boolean isTakenBy(String accepted) {
    boolean any = false;
    for (String part : accepted.split(",")) {
      String[] terms = part.split(";");
      String name = terms[0].strip();
      boolean wanted = true;
      for (int i = 1; i < terms.length; i++) {
        wanted &= !terms[i].strip().matches("q *= *0(\\.0*)?");
      }
      if (name.equalsIgnoreCase("gzip") || name.equalsIgnoreCase("x-gzip")) {
        return wanted;
      }
      any |= name.equals("*") && wanted;
    }
    return any;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (!compresses && filled + length <= WORTH_BYTES) {
      System.arraycopy(source, offset, first, filled, length);
      filled += length;
      return;
    }
    if (!compresses) {
      compresses = true;
      begins.run();
      out = new Quick(body);
      out.write(first, 0, filled);
    }
    out.write(source, offset, length);
  }

  /// All of the answer has been written: hands over what is still here.
  void end() throws IOException {
    if (out instanceof Quick quick) {
      quick.finish();
    } else {
      out.write(first, 0, filled);
    }
  }

  @Override
  public void close() {
    if (out instanceof Quick quick) {
      quick.free();
    }
  }

  private static final class Quick extends GZIPOutputStream {
    Quick(OutputStream body) throws IOException {
      super(body, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }

    /// Gives the memory outside of the heap back.
    void free() {
      def.end();
    }
  }
}
