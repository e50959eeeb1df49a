package io.trivigil.web.up;

import io.trivigil.web.server.NodeServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Keeps the nodes of a local cluster running until it is stopped. A node that dies is started
/// again, after a pause that grows while it dies young; one that the cluster has given up is not.
public final class Supervisor {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration GREW_UP = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration TELL_EVERY = Duration.ofSeconds(30);
  private static final int READY = 200;

  private final LocalCluster cluster;
  private final List<String> launcher;
  private final LongSupplier nanoTicker;
  private final PrintStream out;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Map<String, Process> running = new HashMap<>();

  /// @param launcher the command that `server` and its flags are added to
  public Supervisor(
      LocalCluster cluster, List<String> launcher, LongSupplier nanoTicker, PrintStream out) {
    this.cluster = cluster;
    this.launcher = List.copyOf(launcher);
    this.nanoTicker = nanoTicker;
    this.out = out;
  }

  /// Runs the cluster until [#stop].
  ///
  /// @throws IOException if its directories can not be used
  public void run() throws IOException, InterruptedException {
    cluster.prepare();
    List<Thread> keepers = new ArrayList<>();
    for (String id : cluster.ids()) {
      out.printf("%s  %s  (%s)%n", id, cluster.url(id), cluster.nodeDirectory(id));
      keepers.add(Thread.ofPlatform().name("keep-" + id).start(() -> keep(id)));
    }
    out.println("starting; Ctrl-C stops all");
    Thread watch = Thread.ofPlatform().daemon().name("ready").start(this::awaitReady);
    for (Thread keeper : keepers) {
      keeper.join();
    }
    watch.interrupt();
    stopped.countDown();
  }

  /// Stops all nodes; returns when they have ended.
  public void stop() {
    stopping.countDown();
    synchronized (lock) {
      running.values().forEach(Process::destroy);
    }
    try {
      if (!stopped.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        synchronized (lock) {
          running.values().forEach(Process::destroyForcibly);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(String id) {
    Duration pause = FIRST_PAUSE;
    try {
      do {
        long start = nanoTicker.getAsLong();
        int code = runOnce(id);
        if (stopping.getCount() == 0) {
          return;
        }
        if (code == NodeServer.EXIT_REMOVED) {
          out.printf(
              "%s  was removed from the cluster and is not started again; see %s%n",
              id, logFile(id));
          return;
        }
        Duration lived = Duration.ofNanos(nanoTicker.getAsLong() - start);
        if (lived.compareTo(GREW_UP) > 0) {
          pause = FIRST_PAUSE;
        }
        out.printf(
            "%s  ended with code %d after %ds, started again in %dms; see %s%n",
            id, code, lived.toSeconds(), pause.toMillis(), logFile(id));
        if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause = lived.compareTo(GREW_UP) > 0 ? FIRST_PAUSE : doubled(pause);
      } while (stopping.getCount() > 0);
    } catch (IOException e) {
      out.printf("%s  can not be started: %s%n", id, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private Path logFile(String id) {
    return cluster.nodeDirectory(id).resolve("trivigil.log");
  }

  private int runOnce(String id) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(launcher);
    command.add("server");
    command.addAll(cluster.flags(id));
    Process process;
    Path pidFile = cluster.nodeDirectory(id).resolve("trivigil.pid");
    synchronized (lock) {
      if (stopping.getCount() == 0) {
        return 0;
      }
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(id).toFile()));
      // The pipe to its standard input ends with us, and with it the node: see ServerCommand.
      builder.environment().put("TRIVIGIL_SUPERVISED", "1");
      process = builder.start();
      running.put(id, process);
      Files.writeString(pidFile, process.pid() + "\n");
    }
    int code = process.waitFor();
    synchronized (lock) {
      running.remove(id);
      Files.deleteIfExists(pidFile);
    }
    return code;
  }

  private void awaitReady() {
    long start = nanoTicker.getAsLong();
    long told = start;
    try (HttpClient client = HttpClient.newHttpClient()) {
      List<String> waiting = new ArrayList<>(cluster.ids());
      while (!waiting.isEmpty()) {
        waiting.removeIf(id -> isReady(client, id));
        if (stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        long now = nanoTicker.getAsLong();
        if (!waiting.isEmpty() && now - told >= TELL_EVERY.toNanos()) {
          told = now;
          out.printf(
              "not ready after %d s: %s%n",
              Duration.ofNanos(now - start).toSeconds(), String.join(", ", waiting));
        }
      }
      long tookMs = Duration.ofNanos(nanoTicker.getAsLong() - start).toMillis();
      out.printf("cluster is ready after %.1f s: %s%n", tookMs / 1e3, cluster.url("n1"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isReady(HttpClient client, String id) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(cluster.url(id) + "/-/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == READY;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
