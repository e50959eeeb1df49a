package io.trivigil.web.server;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A running HTTP server.
public final class WebServer implements AutoCloseable {
  private static final Duration GRACE = Duration.ofMillis(500);

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final Gateway gateway;
  private final QuestionThreads threads;
  private final ListeningPorts ports;
  private final int port;

  private WebServer(
      ApplicationContext context,
      EmbeddedServer server,
      Gateway gateway,
      QuestionThreads threads,
      ListeningPorts ports) {
    this.ports = ports;
    this.port = ports.port(0);
    this.gateway = gateway;
    this.threads = threads;
    this.context = context;
    this.server = server;
  }

  /// Where to listen.
  ///
  /// @param host an address of this host; empty for all
  /// @param port the port; 0 for any free one
  public record Listener(String host, int port) {}

  /// Opens the ports and starts. Returns when connections are accepted.
  ///
  /// @throws UncheckedIOException if a port can not be used
  static WebServer start(Gateway gateway, List<Listener> listeners) {
    try {
      return start(gateway, ListeningPorts.open(listeners));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts on ports that listen already; they are closed with it, or if it can not start. Returns
  /// when connections are accepted.
  static WebServer start(Gateway gateway, ListeningPorts ports) {
    Map<String, Object> properties = new HashMap<>();
    for (int i = 0; i < ports.count(); i++) {
      String key = "micronaut.server.netty.listeners.l" + i;
      properties.put(key + ".fd", i); // as OpenPorts understands it
      properties.put(key + ".bind", false);
    }
    properties.put("micronaut.server.max-request-size", gateway.limits().maxBodyBytes());
    properties.put("micronaut.server.netty.max-initial-line-length", 64 << 10);
    properties.put("micronaut.server.netty.max-header-size", 64 << 10);
    // A body in few pieces: Netty would cut each read of up to 64 KiB into eight.
    properties.put("micronaut.server.netty.max-chunk-size", 64 << 10);
    properties.put("micronaut.server.idle-timeout", "5m");
    properties.put("micronaut.server.date-header", true);
    // Which origins may read answers is ours to say: see Gateway.
    properties.put("micronaut.server.cors.localhost-pass-through", true);
    properties.put("micronaut.application.name", "trivigil");
    properties.put("netty.default.allocator.max-order", 6);
    QuestionThreads threads =
        new QuestionThreads(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));
    ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .bootstrapEnvironment(false)
            .properties(properties)
            .singletons(ports, gateway, new PlainAnswers(gateway, threads, InstantSource.system()))
            .build();
    try {
      context.start();
      EmbeddedServer server = context.getBean(EmbeddedServer.class);
      server.start();
      return new WebServer(context, server, gateway, threads, ports);
    } catch (RuntimeException e) {
      threads.close();
      context.close();
      ports.close();
      throw e;
    }
  }

  /// The port of the first listener.
  public int port() {
    return port;
  }

  /// Stops: new requests are answered 503, those under way have half a second to end.
  @Override
  public void close() {
    var _ = gateway.stop(GRACE);
    server.stop();
    ports.close(); // Netty closes them too, some time
    threads.close();
    context.close();
  }
}
