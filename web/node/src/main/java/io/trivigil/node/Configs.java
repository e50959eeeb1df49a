package io.trivigil.node;

import io.trivigil.config.ConfigException;
import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.ConfigVersion;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.config.version.MemberReport;
import io.trivigil.config.version.Sealer;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of the configuration on one node: reads this machine's files, tells the cluster their
/// hash, activates the version in force, and on the leader founds the cluster and adopts what all
/// members agree on.
///
/// Edited files are not adopted silently: either somebody asks for a reload on some node, or all
/// voting members read the same new files at their start. Everything else is shown as drift.
///
/// Thread-safe. All work runs on one thread of its own; [#wake] only hands over.
public final class Configs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Configs.class);
  private static final long RETRY_MS = 500;
  private static final int MAX_BUNDLE_BYTES = 3 << 20;

  /// What came of a reload.
  public sealed interface Reload {
    /// The version in force; `changed` tells whether it is new.
    record Done(long number, boolean changed) implements Reload {}

    /// The files on this machine are wrong; the cluster goes on with what it has.
    record Invalid(String problems) implements Reload {}

    /// There is no leader, or the outcome is not known.
    record Unavailable(String reason) implements Reload {}
  }

  /// What this node knows of the configuration.
  ///
  /// @param active the version in force here; empty before the first
  /// @param versions all that are kept, oldest first
  /// @param localHash of this machine's files; empty if they can not be read
  /// @param localProblems what is wrong with them, empty if nothing
  /// @param reports what each member last said of itself, by node id
  public record Status(
      Optional<LoadedConfig> active,
      List<ConfigVersion> versions,
      String localHash,
      String localProblems,
      SortedMap<String, MemberReport> reports) {
    /// The members whose files differ from the version in force.
    public List<String> drifting() {
      String inForce = versions.isEmpty() ? "" : versions.getLast().hash();
      return reports.entrySet().stream()
          .filter(report -> !report.getValue().hash().equals(inForce))
          .map(report -> report.getKey())
          .toList();
    }
  }

  private final NodeOptions options;
  private final ConfigFolder folder;
  private final ConfigBundle.Source local;
  private final ConfigLoader loader;
  private final Sealer sealer;
  private final ConfigMachine machine;
  private final InstantSource clock;
  private final List<Consumer<LoadedConfig>> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("config").daemon().factory());
  private volatile @Nullable ReplicatedLog log; // set once, when the log has started
  private volatile Optional<LoadedConfig> active = Optional.empty();
  private volatile Optional<LoadedConfig> fromDisk = Optional.empty();
  private volatile String localProblems = "";
  private volatile boolean lastReloadSuccessful = true;
  private volatile long lastSuccessMs;
  private volatile long leadingTerm; // 0 while this node does not lead
  private final int knownLevel = FeatureLevel.NEWEST.number();
  private long clockOffsetMs; // owned by the thread, as the next
  private String clockAgainst = "";

  Configs(
      NodeOptions options,
      ConfigFolder folder,
      ConfigBundle.Source local,
      ConfigLoader loader,
      Sealer sealer,
      ConfigMachine machine,
      InstantSource clock,
      Metrics metrics) {
    this.options = options;
    this.folder = folder;
    this.local = local;
    this.loader = loader;
    this.sealer = sealer;
    this.machine = machine;
    this.clock = clock;
    metrics.gauge(
        "prometheus_config_last_reload_successful",
        "Whether the last configuration reload attempt was successful.",
        () -> lastReloadSuccessful ? 1 : 0);
    metrics.gauge(
        "prometheus_config_last_reload_success_timestamp_seconds",
        "Timestamp of the last successful configuration reload.",
        () -> lastSuccessMs / 1000.0);
    metrics.gauge(
        "alertmanager_config_last_reload_successful",
        "Whether the last configuration reload attempt was successful.",
        () -> lastReloadSuccessful ? 1 : 0);
    metrics.gauge(
        "trivigil_config_version",
        "The configuration version in force on this node.",
        () -> (double) active.map(LoadedConfig::number).orElse(0L));
    metrics.gauge(
        "trivigil_config_drifting_members",
        "Members whose files differ from the version in force.",
        () -> status().drifting().size());
  }

  /// What must hold of a configuration beside what its files say.
  interface Check {
    void check(LoadedConfig found) throws ConfigException;
  }

  /// Reads this machine's files before anything else is started.
  ///
  /// @param check what else must hold of them
  /// @throws ConfigException if they are wrong and the node has no version to go on with
  void readLocal(Check check) throws ConfigException {
    try {
      LoadedConfig found = read();
      check.check(found);
      fromDisk = Optional.of(found);
      localProblems = "";
    } catch (ConfigException e) {
      if (machine.view().number() == 0) {
        throw e;
      }
      localProblems = String.valueOf(e.getMessage());
      LOG.warn(
          "configuration files are not valid, going on with the replicated version problems={}",
          localProblems);
    }
  }

  private LoadedConfig read() throws ConfigException {
    return loader.load(folder.over(local), folder.prometheusFile(), folder.alertmanagerFile());
  }

  /// Begins to take part, once the log is there.
  void start(ReplicatedLog started) {
    log = started;
    wake();
    run(this::report);
  }

  /// Called whenever the version in force changes, on the configuration's thread; at once where
  /// there is one.
  public void onActivated(Consumer<LoadedConfig> listener) {
    listeners.add(listener);
    run(() -> active.ifPresent(listener));
  }

  public Optional<LoadedConfig> active() {
    return active;
  }

  public Status status() {
    ConfigMachine.View view = machine.view();
    return new Status(
        active,
        view.versions(),
        fromDisk.map(config -> config.bundle().hash()).orElse(""),
        localProblems,
        view.reports());
  }

  /// The bundle of a version, opened; for showing differences.
  public ConfigBundle open(ConfigVersion version) {
    return ConfigBundle.decode(sealer.open(version.sealed()));
  }

  /// The replicated state may have changed. Returns at once.
  void wake() {
    run(this::activate);
  }

  /// This node leads now. Returns at once.
  void lead(long term) {
    leadingTerm = term;
    run(this::govern);
  }

  void follow() {
    leadingTerm = 0;
  }

  private void activate() {
    Optional<ConfigVersion> newest = machine.view().newest();
    long number = active.map(LoadedConfig::number).orElse(0L);
    if (newest.isPresent() && newest.get().number() != number) {
      try {
        LoadedConfig loaded = loader.load(open(newest.get())).withNumber(newest.get().number());
        active = Optional.of(loaded);
        lastSuccessMs = clock.millis();
        LOG.info(
            "configuration activated version={} author={} groups={}",
            loaded.number(),
            newest.get().author(),
            loaded.groups().size());
        listeners.forEach(listener -> listener.accept(loaded));
      } catch (ConfigException | IllegalArgumentException e) {
        LOG.error(
            "replicated configuration can not be used version={} problem={}",
            newest.get().number(),
            e.getMessage());
      }
    }
    if (leadingTerm != 0) {
      govern();
    }
    report();
  }

  /// Tells the cluster what this machine's files are.
  private void report() {
    ReplicatedLog to = log;
    ConfigMachine.View view = machine.view();
    String hash = fromDisk.map(config -> config.bundle().hash()).orElse("");
    MemberReport report =
        new MemberReport(
                hash,
                options.advertisedUrl(),
                clockOffsetMs,
                clockAgainst,
                knownLevel,
                "",
                0,
                hash,
                List.of(),
                localProblems)
            .at(view.featureLevel());
    if (to == null || report.equals(view.reports().get(options.nodeId()))) {
      return;
    }
    propose(
        to,
        0,
        view.has(FeatureLevel.TWO)
            ? new ConfigCommand.FullReport(options.nodeId(), report)
            : new ConfigCommand.Report(options.nodeId(), report),
        answer -> {
          if (answer.isEmpty()) {
            later(this::report);
          }
        });
  }

  /// This node's clock was compared with the leader's. Returns at once.
  void reportClock(long offsetMs, String leaderId) {
    run(
        () -> {
          clockOffsetMs = offsetMs;
          clockAgainst = leaderId;
          report();
        });
  }

  /// The leader's part: the cluster's birth, its first version, and versions that all members agree
  /// on.
  private void govern() {
    ReplicatedLog to = log;
    long term = leadingTerm;
    if (to == null || term == 0) {
      return;
    }
    ConfigMachine.View view = machine.view();
    if (view.settings().isEmpty()) {
      ClusterSettings settings =
          new ClusterSettings(
              NodeOptions.PARTITION.toMillis(),
              LevelRise.founding(to.status(), knownLevel),
              clock.millis());
      propose(to, term, new ConfigCommand.Found(settings), this::again);
    } else if (LevelRise.next(view, to.status()).isPresent()) {
      int level = LevelRise.next(view, to.status()).getAsInt();
      propose(to, term, new ConfigCommand.Raise(level), this::again);
    } else if (fromDisk.isPresent() && (view.number() == 0 || unanimous(view, to.status()))) {
      adopt(to, term, fromDisk.get(), options.nodeId(), this::again);
    }
  }

  private void again(Optional<ConfigAnswer> answer) {
    if (answer.isEmpty() && leadingTerm != 0) {
      later(this::govern);
    }
  }

  /// Whether all voting members, this one included, read the same files, and others than those in
  /// force.
  private boolean unanimous(ConfigMachine.View view, LogStatus status) {
    String hash = fromDisk.orElseThrow().bundle().hash();
    boolean isNew = view.newest().map(version -> !version.hash().equals(hash)).orElse(true);
    return isNew
        && status.members().stream()
            .filter(LogStatus.Member::voting)
            .allMatch(member -> reads(view, member.id(), hash));
  }

  private static boolean reads(ConfigMachine.View view, String nodeId, String hash) {
    MemberReport report = view.reports().get(nodeId);
    return report != null && report.hash().equals(hash);
  }

  private void adopt(
      ReplicatedLog to,
      long term,
      LoadedConfig config,
      String author,
      Consumer<Optional<ConfigAnswer>> then) {
    ConfigBundle bundle = config.bundle();
    if (bundle.sizeBytes() > MAX_BUNDLE_BYTES) {
      LOG.error(
          "configuration is too large to be replicated bytes={} limit={}",
          bundle.sizeBytes(),
          MAX_BUNDLE_BYTES);
      then.accept(
          Optional.of(
              new ConfigAnswer.Refused(
                  "configuration is larger than %d bytes".formatted(MAX_BUNDLE_BYTES))));
      return;
    }
    propose(
        to,
        term,
        new ConfigCommand.Adopt(
            machine.view().number(), author, bundle.hash(), sealer.seal(bundle.encode())),
        then);
  }

  /// Reads this machine's files and proposes them as the next version, whichever node this is.
  ///
  /// @param author who asked, for the history
  public CompletableFuture<Reload> reload(String author) {
    CompletableFuture<Reload> done = new CompletableFuture<>();
    run(() -> reload(author, done));
    return done;
  }

  private void reload(String author, CompletableFuture<Reload> done) {
    ReplicatedLog to = log;
    LoadedConfig read;
    try {
      read = read();
    } catch (ConfigException e) {
      lastReloadSuccessful = false;
      localProblems = String.valueOf(e.getMessage());
      LOG.error("configuration reload failed problems={}", localProblems);
      done.complete(new Reload.Invalid(localProblems));
      return;
    }
    fromDisk = Optional.of(read);
    localProblems = "";
    report();
    Optional<ConfigVersion> newest = machine.view().newest();
    if (newest.isPresent() && newest.get().hash().equals(read.bundle().hash())) {
      lastReloadSuccessful = true;
      done.complete(new Reload.Done(newest.get().number(), false));
      return;
    }
    if (to == null) {
      done.complete(new Reload.Unavailable("the node has not started yet"));
      return;
    }
    adopt(
        to,
        0,
        read,
        author,
        answer -> {
          Reload outcome =
              switch (answer.orElse(new ConfigAnswer.Refused("no leader, or no answer from it"))) {
                case ConfigAnswer.Accepted(long number) -> new Reload.Done(number, true);
                case ConfigAnswer.Refused(String reason) -> new Reload.Unavailable(reason);
              };
          lastReloadSuccessful = outcome instanceof Reload.Done;
          done.complete(outcome);
        });
  }

  /// Proposes, and goes on with `then` on the configuration's thread: empty if the outcome is not
  /// known.
  private void propose(
      ReplicatedLog to, long term, ConfigCommand command, Consumer<Optional<ConfigAnswer>> then) {
    byte[] bytes = Domain.CONFIG.wrap(command.encode());
    CompletableFuture<Outcome> outcome =
        term == 0 ? to.propose(bytes) : to.proposeAsLeader(term, bytes);
    var _ = outcome.thenAccept(result -> run(() -> then.accept(answer(result))));
  }

  private static Optional<ConfigAnswer> answer(Outcome outcome) {
    return outcome instanceof Outcome.Applied(_, byte[] answer) && answer.length > 0
        ? Optional.of(ConfigAnswer.decode(answer))
        : Optional.empty();
  }

  /// Hands over to the configuration's thread; while the node stops there is nothing more to do.
  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("configuration work after the stop");
    }
  }

  @SuppressWarnings(
      "FutureReturnValueIgnored") // Nobody waits for it: it is tried until it is done.
  private void later(Runnable task) {
    try {
      thread.schedule(task, RETRY_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("configuration work after the stop");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
