package io.trivigil.web.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ports that listen before there is anybody to answer: the system takes connections in, as many as
/// it does behind a busy server, and who has connected waits. A refused connection would be tried
/// again at once. Whoever is given them closes them.
final class ListeningPorts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ListeningPorts.class);

  /// Connections that wait to be accepted; the system's own limit may be lower.
  private static final int BACKLOG = 4_096;

  private final List<ServerSocketChannel> channels = new ArrayList<>();

  private ListeningPorts() {}

  /// @throws IOException if one of them can not be used; then none is open
  static ListeningPorts open(List<WebServer.Listener> listeners) throws IOException {
    ListeningPorts ports = new ListeningPorts();
    for (WebServer.Listener listener : listeners) {
      String host = listener.host().isEmpty() ? "0.0.0.0" : listener.host();
      try {
        ServerSocketChannel channel = ServerSocketChannel.open();
        ports.channels.add(channel);
        channel.bind(new InetSocketAddress(host, listener.port()), BACKLOG);
      } catch (IOException | RuntimeException e) {
        ports.close();
        throw new IOException(
            "http can not listen: host=%s port=%d reason=%s"
                .formatted(host, listener.port(), e.getMessage()),
            e);
      }
    }
    return ports;
  }

  int count() {
    return channels.size();
  }

  ServerSocketChannel channel(int at) {
    return channels.get(at);
  }

  /// The number of a port, while it is open.
  int port(int at) {
    return channels.get(at).socket().getLocalPort();
  }

  @Override
  public void close() {
    for (ServerSocketChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("port does not close reason={}", e.toString());
      }
    }
  }
}
