package io.trivigil.config.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Resolves host names on platform threads of its own.
///
/// The system's resolver blocks in native code, for seconds where a name server is silent. On a
/// virtual thread that would hold a carrier, and two such names would stop every scrape of a small
/// machine. A host whose last look-up failed goes to a separate pool, so that dead names wait for
/// each other and not live names for them. Thread-safe.
final class HostLookup implements AutoCloseable {
  /// So many that names whose silence is not known yet do not take all of them.
  private static final int GOOD_THREADS = 32;

  private static final int BAD_THREADS = 4;
  private static final long IDLE_SECONDS = 30;
  private static final int MOST_FAILING = 10_000;

  /// How a name is resolved; the system's way, except in tests.
  @FunctionalInterface
  interface Resolver {
    InetAddress resolve(String host) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final ExecutorService good = pool("dns-", GOOD_THREADS);
  private final ExecutorService bad = pool("dns-failing-", BAD_THREADS);
  private final ConcurrentHashMap<String, CompletableFuture<InetAddress>> inFlight =
      new ConcurrentHashMap<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  HostLookup(Resolver resolver) {
    this.resolver = resolver;
  }

  private static ExecutorService pool(String name, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name(name, 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Waits at most `timeout` for the address of a host; look-ups of one host are shared.
  ///
  /// @throws UnknownHostException if there is no such host
  /// @throws TimeoutException if nobody answered in time; the look-up goes on
  InetAddress resolve(String host, Duration timeout)
      throws UnknownHostException, TimeoutException, InterruptedException {
    CompletableFuture<InetAddress> lookup = inFlight.computeIfAbsent(host, this::start);
    try {
      return lookup.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new UnknownHostException("lookup %s: no such host".formatted(host));
    } catch (TimeoutException e) {
      noteFailure(host);
      throw e;
    }
  }

  private CompletableFuture<InetAddress> start(String host) {
    ExecutorService pool = failing.contains(host) ? bad : good;
    CompletableFuture<InetAddress> lookup = new CompletableFuture<>();
    try {
      pool.execute(() -> run(host, lookup));
    } catch (RejectedExecutionException e) {
      lookup.completeExceptionally(e); // closed
    }
    return lookup;
  }

  private void run(String host, CompletableFuture<InetAddress> lookup) {
    try {
      InetAddress address = resolver.resolve(host);
      failing.remove(host);
      lookup.complete(address);
    } catch (UnknownHostException | RuntimeException e) {
      noteFailure(host);
      lookup.completeExceptionally(e);
    } finally {
      inFlight.remove(host, lookup);
    }
  }

  private void noteFailure(String host) {
    if (failing.size() < MOST_FAILING) {
      failing.add(host);
    }
  }

  @Override
  public void close() {
    good.shutdownNow();
    bad.shutdownNow();
  }
}
