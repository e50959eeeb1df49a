package io.trivigil.config.http;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/// Makes the transports of one node, one for each different [HttpConfig]; they share threads and
/// name look-ups. Thread-safe: a private lock guards the transports.
public final class HttpTransports implements AutoCloseable {
  /// How many transports are kept; the one that was asked for longest ago goes.
  static final int LIMIT = 256;

  private static final int THREADS = 8;

  private final SecretFiles files;
  private final Map<String, String> environment;
  private final LongSupplier nanoTicker;
  private final HostLookup lookup = new HostLookup(InetAddress::getByName);
  // Platform threads: a virtual thread inside the JDK's client may still block in native code.
  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("http-client-", 0).daemon().factory());
  private final Object lock = new Object();
  private final Map<HttpConfig, JdkHttpTransport> transports = new LinkedHashMap<>(16, 0.75f, true);

  /// @param environment the process's environment, for `proxy_from_environment`
  /// @param nanoTicker elapsed time, as `System.nanoTime`
  public HttpTransports(
      SecretFiles files, Map<String, String> environment, LongSupplier nanoTicker) {
    this.files = files;
    this.environment = Map.copyOf(environment);
    this.nanoTicker = nanoTicker;
  }

  /// The transport for a configuration; equal configurations share one.
  public HttpTransport transport(HttpConfig config) {
    synchronized (lock) {
      JdkHttpTransport known = transports.get(config);
      if (known == null) {
        known = new JdkHttpTransport(config, files, environment, lookup, executor, nanoTicker);
        transports.put(config, known);
        if (transports.size() > LIMIT) {
          // Not closed: calls may be under way. Its client ends once nobody holds it.
          transports.remove(transports.keySet().iterator().next());
        }
      }
      return known;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      transports.values().forEach(JdkHttpTransport::shutdown);
      transports.clear();
    }
    lookup.close();
    executor.shutdownNow();
  }
}
