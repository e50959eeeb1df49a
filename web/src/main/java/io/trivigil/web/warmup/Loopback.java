package io.trivigil.web.warmup;

import io.trivigil.web.http.Practice;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// A client of this node's own HTTP, on one connection that is kept. It knows of HTTP/1.1 what the
/// server's answers need, and throws their bodies away. Confined to one thread.
final class Loopback implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int LONGEST_LINE = 8 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Socket socket;
  private final InputStream in;
  private final String head;
  private boolean compressed; // what was asked for last

  private Loopback(Socket socket, InputStream in, String head) {
    this.socket = socket;
    this.in = in;
    this.head = head;
  }

  /// Connects to a listener.
  ///
  /// @param host where it listens; empty, or an address that means all, for this host
  /// @param mark see [Practice#mark]
  static Loopback connect(String host, int port, String mark) throws IOException {
    InetAddress address = InetAddress.getByName(host.isEmpty() ? "0.0.0.0" : host);
    if (address.isAnyLocalAddress()) {
      address = InetAddress.getLoopbackAddress();
    }
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(new InetSocketAddress(address, port), (int) PATIENCE.toMillis());
      return new Loopback(
          socket,
          new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES),
          " HTTP/1.1\r\nHost: localhost:%d\r\n%s: %s\r\n".formatted(port, Practice.HEADER, mark));
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// Asks, reads the whole answer and returns its status. Every other question allows that its
  /// answer is compressed, as most clients do.
  ///
  /// @throws IOException if the connection is of no further use
  int get(String path) throws IOException {
    compressed = !compressed;
    String request = "GET " + path + head + (compressed ? "Accept-Encoding: gzip\r\n\r\n" : "\r\n");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    String[] first = line().split(" ", 3);
    long length = -1;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Long.parseLong(header.substring("content-length:".length()).strip());
      } else if (header.startsWith("transfer-encoding:")) {
        chunked = header.endsWith("chunked");
      }
    }
    if (chunked) {
      skipChunks();
    } else if (length >= 0) {
      in.skipNBytes(length);
    } else {
      throw new IOException("answer without a length path=" + path);
    }
    return first.length > 1 ? Integer.parseInt(first[1]) : 0;
  }

  private void skipChunks() throws IOException {
    for (long size = Long.parseLong(line(), 16); size > 0; size = Long.parseLong(line(), 16)) {
      in.skipNBytes(size + 2);
    }
    while (!line().isEmpty()) {
      // a trailer
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection was closed");
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("line of an answer is too long");
      }
      line.append((char) c);
    }
    int end = line.length();
    return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
