package io.trivigil.scraper.loop;

import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.HttpTransport;
import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.config.DiscoveryConfig;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.discovery.DnsFinder;
import io.trivigil.scraper.discovery.FileFinder;
import io.trivigil.scraper.discovery.GroupFinder;
import io.trivigil.scraper.discovery.HttpFinder;
import io.trivigil.scraper.discovery.NameRecords;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.state.ProviderGroups;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetGroup;
import io.trivigil.scraper.state.TargetMachine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's work of discovering: asks each provider on its own virtual thread and proposes what
/// has changed. A provider that fails keeps what it found before. [#start] and [#stop] may be
/// called from any thread: a private lock guards the run.
public final class DiscoveryManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryManager.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(1);
  private static final long RETRY_MS = 1000;

  /// Where providers look.
  ///
  /// @param files this node's disk, not the replicated bundle: discovery files change by themselves
  public record Sources(
      ConfigFiles files,
      FileWatch watch,
      Function<HttpConfig, HttpTransport> transports,
      NameRecords names) {}

  private record ProviderKey(String job, String provider) {}

  private final TargetMachine machine;
  private final TargetDirectory directory;
  private final Sources sources;
  private final CommandLog log;
  private final Pacer pacer;
  private final Metrics metrics;
  private final Object lock = new Object();
  private volatile @Nullable Run run; // null while this node does not lead; set under the lock

  public DiscoveryManager(
      TargetMachine machine,
      TargetDirectory directory,
      Sources sources,
      CommandLog log,
      Pacer pacer,
      Metrics metrics) {
    this.machine = machine;
    this.directory = directory;
    this.sources = sources;
    this.log = log;
    this.pacer = pacer;
    this.metrics = metrics;
    directory.onChange(this::changed);
  }

  /// Begins discovering in `term`; an earlier term's work ends first.
  public void start(long term) {
    synchronized (lock) {
      stop();
      Run next = new Run(term);
      run = next;
      next.thread.start();
    }
  }

  /// Ends the work.
  public void stop() {
    synchronized (lock) {
      Run ending = run;
      run = null;
      if (ending != null) {
        ending.end();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void changed() {
    Run now = run;
    if (now != null) {
      now.signal.release();
    }
  }

  private GroupFinder finder(DiscoveryConfig config) {
    return switch (config) {
      case DiscoveryConfig.InFiles in -> new FileFinder(sources.files, in.files());
      case DiscoveryConfig.Http http ->
          new HttpFinder(sources.transports.apply(http.http()), http.url(), http.refresh());
      case DiscoveryConfig.Dns dns -> new DnsFinder(dns, sources.names);
      case DiscoveryConfig.Static _, DiscoveryConfig.NotYet _ ->
          throw new IllegalStateException("nothing to discover: " + config);
    };
  }

  private static Duration refresh(DiscoveryConfig config) {
    return switch (config) {
      case DiscoveryConfig.InFiles in -> in.refresh();
      case DiscoveryConfig.Http http -> http.refresh();
      case DiscoveryConfig.Dns dns -> dns.refresh();
      case DiscoveryConfig.Static _, DiscoveryConfig.NotYet _ -> Duration.ZERO;
    };
  }

  /// The work of one term.
  private final class Run implements Runnable {
    private record Running(DiscoveryConfig config, Thread thread) {}

    private final long term;
    private final Thread thread;
    private final Semaphore signal = new Semaphore(1);
    private final Map<ProviderKey, Running> providers = new ConcurrentHashMap<>();

    Run(long term) {
      this.term = term;
      this.thread = pacer.workers().thread("discovery-manager", this);
    }

    @Override
    public void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          directory.config().ifPresent(this::reconcile);
          dropUnwanted();
          pacer.await(signal, pacer.nowMs() + 60_000);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        providers.values().forEach(provider -> provider.thread.interrupt());
      }
    }

    void end() {
      thread.interrupt();
      try {
        pacer.workers().join(thread, STOP_WAIT);
        for (Running provider : List.copyOf(providers.values())) {
          if (!pacer.workers().join(provider.thread, STOP_WAIT)) {
            break; // interrupted like all others
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void reconcile(PrometheusConfig config) {
      Map<ProviderKey, DiscoveryConfig> wanted = new HashMap<>();
      for (ScrapeConfig job : config.jobs()) {
        for (DiscoveryConfig discovery : job.discovery()) {
          if (!discovery.provider().isEmpty()) {
            wanted.put(new ProviderKey(job.jobName(), discovery.provider()), discovery);
          }
        }
      }
      Iterator<Map.Entry<ProviderKey, Running>> each = providers.entrySet().iterator();
      while (each.hasNext()) {
        Map.Entry<ProviderKey, Running> entry = each.next();
        if (!entry.getValue().config.equals(wanted.get(entry.getKey()))) {
          entry.getValue().thread.interrupt();
          each.remove();
        }
      }
      wanted.forEach(
          (key, discovery) ->
              providers.computeIfAbsent(
                  key,
                  _ ->
                      new Running(
                          discovery,
                          pacer
                              .workers()
                              .start(
                                  "discovery-" + key.job(),
                                  () -> refreshForever(key, discovery)))));
    }

    private void dropUnwanted() throws InterruptedException {
      if (directory.config().isEmpty()) {
        return;
      }
      for (ProviderGroups found : machine.groups()) {
        if (!providers.containsKey(new ProviderKey(found.job(), found.provider()))) {
          propose(new ScrapeCommand.GroupsGone(found.job(), found.provider()));
        }
      }
    }

    private void refreshForever(ProviderKey key, DiscoveryConfig config) {
      GroupFinder finder = finder(config);
      Semaphore hint = new Semaphore(0);
      List<String> patterns = config instanceof DiscoveryConfig.InFiles in ? in.files() : List.of();
      try (FileWatch.Watching _ = sources.watch.watch(patterns, hint::release)) {
        while (!Thread.currentThread().isInterrupted()) {
          boolean settled = refreshOnce(key, finder);
          long waitMs = settled ? refresh(config).toMillis() : RETRY_MS;
          pacer.await(hint, pacer.nowMs() + waitMs);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.error("discovery failed job={} provider={}", key.job(), key.provider(), e);
      }
    }

    private boolean refreshOnce(ProviderKey key, GroupFinder finder) throws InterruptedException {
      ProviderGroups before =
          machine
              .groups(key.job(), key.provider())
              .orElse(new ProviderGroups(key.job(), key.provider(), 0, new TreeMap<>()));
      GroupFinder.Found found;
      try {
        found = finder.find(before.groups());
      } catch (IOException | RuntimeException e) {
        failed(key, String.valueOf(e.getMessage()));
        return true; // the next refresh asks again
      }
      found.failures().forEach(failure -> failed(key, failure));
      int targets = found.groups().stream().mapToInt(group -> group.targets().size()).sum();
      metrics.gauge(
          "prometheus_sd_discovered_targets",
          "Current number of discovered targets.",
          () -> targets,
          "name",
          "scrape",
          "config",
          key.job());
      SortedMap<String, TargetGroup> now = new TreeMap<>();
      found.groups().forEach(group -> now.put(group.source(), group));
      List<TargetGroup> changed = new ArrayList<>();
      now.forEach(
          (source, group) -> {
            if (!group.equals(before.groups().get(source))) {
              changed.add(group);
            }
          });
      List<String> removed =
          before.groups().keySet().stream().filter(source -> !now.containsKey(source)).toList();
      return (changed.isEmpty() && removed.isEmpty())
          || propose(
              new ScrapeCommand.Groups(
                  key.job(), key.provider(), before.version(), changed, removed));
    }

    private void failed(ProviderKey key, String why) {
      LOG.warn(
          "discovery refresh failed, old targets stay job={} provider={} reason={}",
          key.job(),
          key.provider(),
          why);
      metrics
          .counter(
              "prometheus_sd_refresh_failures_total",
              "Number of refresh failures for the given SD mechanism.",
              "mechanism",
              key.provider().split(" ")[0],
              "config",
              key.job())
          .inc();
    }

    private boolean propose(ScrapeCommand command) throws InterruptedException {
      try {
        return log.propose(term, command.encode()).get() instanceof CommandLog.Proposed.Applied;
      } catch (ExecutionException e) {
        LOG.warn("proposal failed", e);
        return false;
      }
    }
  }
}
