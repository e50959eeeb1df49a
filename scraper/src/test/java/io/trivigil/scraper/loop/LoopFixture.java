package io.trivigil.scraper.loop;

import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.discovery.TargetDeriver;
import io.trivigil.scraper.state.FakeStore;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// A machine with a store in memory, a log that applies at once, and targets that say what a test
/// puts in their mouths.
final class LoopFixture {
  final FakeStore store = new FakeStore();
  final TargetMachine machine = new TargetMachine(store);
  final SimulatedPacer pacer;
  final Metrics metrics = new Metrics();
  final Map<String, Fetcher.Fetched> answers = new ConcurrentHashMap<>();

  /// What the log answers instead of applying, first come first served.
  final Deque<CommandLog.Proposed> failures = new ArrayDeque<>();

  volatile long leadingTerm = 1;
  private boolean loseNext;

  LoopFixture(long nowMs) {
    pacer = new SimulatedPacer(nowMs);
  }

  synchronized CompletableFuture<CommandLog.Proposed> propose(long term, byte[] command) {
    if (term != leadingTerm) {
      return CompletableFuture.completedFuture(new CommandLog.Proposed.Deposed("term is over"));
    }
    if (loseNext) {
      // Committed, but the answer was lost.
      loseNext = false;
      machine.apply(pacer.nowMs(), command);
      return CompletableFuture.completedFuture(new CommandLog.Proposed.Unknown("answer lost"));
    }
    CommandLog.Proposed failure = failures.poll();
    return CompletableFuture.completedFuture(
        failure != null
            ? failure
            : new CommandLog.Proposed.Applied(machine.apply(pacer.nowMs(), command)));
  }

  /// The next command is applied, but nobody hears of it.
  synchronized void loseNext() {
    loseNext = true;
  }

  void apply(ScrapeCommand command) {
    machine.apply(pacer.nowMs(), command.encode());
  }

  Fetcher.Fetched fetch(Target target) {
    return answers.getOrDefault(
        target.url().getRawAuthority(), new Fetcher.Fetched.Failed("no such host", false));
  }

  void says(String address, String body) {
    answers.put(
        address,
        new Fetcher.Fetched.Body(
            body.getBytes(StandardCharsets.UTF_8), "text/plain; version=0.0.4"));
  }

  TargetLoop.Shared shared(ScrapeCapacity capacity) {
    return new TargetLoop.Shared(
        machine,
        this::fetch,
        this::propose,
        pacer,
        capacity,
        new ScrapeMetrics(metrics),
        new Semaphore(capacity.maxConcurrent()),
        new Semaphore(capacity.maxInFlightBytes()));
  }

  static PrometheusConfig config(String yaml) {
    ConfigFiles one =
        new ConfigFiles() {
          @Override
          public Optional<String> read(String path) {
            return Optional.of(yaml);
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of();
          }
        };
    try {
      return PrometheusConfig.load("prometheus.yml", one, Map.of());
    } catch (io.trivigil.config.ConfigException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// The only target of a job with these settings, at `h:1`.
  Target target(String settings) {
    String yaml =
        """
        scrape_configs:
          - job_name: j
            scrape_interval: 10s
            static_configs: [{targets: ['h:1']}]
        """
            + settings.indent(4);
    return TargetDeriver.derive(config(yaml), machine::groups).active().values().iterator().next();
  }

  static Labels series(String name, String... more) {
    Labels.Builder labels = new Labels.Builder();
    labels.set("__name__", name).set("job", "j").set("instance", "h:1");
    for (int i = 0; i < more.length; i += 2) {
      labels.set(more[i], more[i + 1]);
    }
    return labels.build();
  }
}
