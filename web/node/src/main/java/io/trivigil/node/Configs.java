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
import io.trivigil.raft.ReplicatedLog;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of the configuration on one node: reads this machine's files, tells the cluster their
/// hash, activates the version in force, and on the leader founds the cluster and adopts what all
/// members agree on.
///
/// Edited files are not adopted silently: either somebody asks for a reload on some node, or all
/// voting members read the same new files at their start, and those were not rolled back from.
/// Everything else is shown as drift.
///
/// Thread-safe. All work runs on one thread of its own; [#wake] only hands over.
public final class Configs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Configs.class);

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
  /// @param localProblems what is wrong with this machine's files, or with its key; empty if
  ///   nothing
  /// @param reports what each member last said of itself, by node id
  public record Status(
      Optional<LoadedConfig> active,
      List<ConfigVersion> versions,
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
  private final ConfigLoader loader;
  private final Sealer sealer;
  private final ConfigMachine machine;
  private final InstantSource clock;
  private final MachineFiles files;
  private final ConfigMetrics metrics;
  private final long startedMs;
  private final List<Consumer<LoadedConfig>> listeners = new CopyOnWriteArrayList<>();
  private final ConfigThread thread = new ConfigThread();
  private final SelfReport self;
  private final ForcedNote forced;
  private final Adoptions adoptions;
  private volatile @Nullable ReplicatedLog log; // set once, when the log has started
  private volatile Optional<LoadedConfig> active = Optional.empty();
  private volatile String unusable = ""; // why the version in force can not be used here
  private volatile long leadingTerm; // 0 while this node does not lead
  private long clockOffsetMs; // owned by the thread, as all that follows
  private String clockAgainst = "";
  private Check check = _ -> {}; // set before the thread starts
  private long refusedNumber; // the version that can not be used here, 0 for none
  private boolean movingOn;

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
    this.loader = loader;
    this.sealer = sealer;
    this.machine = machine;
    this.clock = clock;
    this.startedMs = clock.millis();
    this.files = new MachineFiles(folder, local, loader);
    this.adoptions = new Adoptions(sealer, thread);
    this.self = new SelfReport(options.nodeId(), machine, thread, this::ownReport);
    this.forced =
        new ForcedNote(options.nodeId(), machine, thread, options.dataDirectory().resolve("log"));
    this.metrics = new ConfigMetrics(metrics, this::status, machine, Adoptions.MAX_BUNDLE_BYTES);
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
      this.check = check;
      files.read(check);
    } catch (ConfigException e) {
      if (machine.view().number() == 0) {
        throw e;
      }
      metrics.reloaded(false);
      LOG.warn(
          "configuration files are not valid, going on with the replicated version problems={}",
          e.getMessage());
    }
  }

  /// Begins to take part, once the log is there.
  void start(ReplicatedLog started) {
    log = started;
    wake();
    thread.run(() -> forced.tell(started));
    thread.every(options.config().lookPeriod(), this::look);
  }

  /// Looks whether the files have changed: to show drift, and to reload where that was asked for.
  private void look() {
    boolean changed = files.look();
    if (options.config().autoReload().isPresent() && files.untried()) {
      LOG.info("configuration files have changed and are reloaded");
      CompletableFuture<Reload> done = new CompletableFuture<>();
      reload("file watch on " + options.nodeId(), done);
      var _ =
          done.thenAccept(
              outcome -> {
                if (outcome instanceof Reload.Unavailable) {
                  thread.run(files::tryAgain);
                }
              });
    } else if (changed) {
      LOG.info(
          "configuration files have changed; they are used only after a reload problem={}",
          files.now().problem());
      report();
    }
  }

  /// Called on the configuration's thread with each version in force, at once if there is one.
  public void onActivated(Consumer<LoadedConfig> listener) {
    listeners.add(listener);
    thread.run(() -> active.ifPresent(listener));
  }

  public Optional<LoadedConfig> active() {
    return active;
  }

  /// Whether this node has the version in force, so that it can answer and act by it.
  public boolean usable() {
    return active.isPresent() && unusable.isEmpty();
  }

  /// Why the version in force can not be used here; empty if it can.
  public String unusable() {
    return unusable;
  }

  public Status status() {
    ConfigMachine.View view = machine.view();
    return new Status(active, view.versions(), problem(), members(view));
  }

  /// Reports of those who are members now.
  private SortedMap<String, MemberReport> members(ConfigMachine.View view) {
    ReplicatedLog from = log;
    SortedMap<String, MemberReport> members = new TreeMap<>(view.reports());
    if (from != null) {
      members
          .keySet()
          .retainAll(from.status().members().stream().map(LogStatus.Member::id).toList());
    }
    return members;
  }

  private String problem() {
    return unusable.isEmpty() ? files.now().problem() : unusable;
  }

  /// The bundle of a version, opened.
  ///
  /// @throws IllegalArgumentException if this node has not the key, or the bytes are damaged
  public ConfigBundle open(ConfigVersion version) {
    return ConfigBundle.decode(sealer.open(version.sealed()));
  }

  /// This machine's files as they were seen last; empty if they can not be read.
  public Optional<ConfigBundle> localFiles() {
    return files.now().bundle();
  }

  /// The replicated state may have changed. Returns at once.
  void wake() {
    thread.run(this::activate);
  }

  /// This node leads now. Returns at once.
  void lead(long term) {
    leadingTerm = term;
    thread.run(this::govern);
  }

  void follow() {
    leadingTerm = 0;
  }

  private void activate() {
    Optional<ConfigVersion> newest = machine.view().newest();
    long number = active.map(LoadedConfig::number).orElse(0L);
    if (newest.isPresent()
        && newest.get().number() != number
        && newest.get().number() != refusedNumber) {
      activate(newest.get());
    }
    if (leadingTerm != 0) {
      govern();
    }
    report();
    metrics.membersChanged();
  }

  private void activate(ConfigVersion version) {
    try {
      LoadedConfig loaded = loader.load(open(version)).withNumber(version.number());
      active = Optional.of(loaded);
      unusable = "";
      refusedNumber = 0;
      metrics.activated(clock.millis());
      LOG.info(
          "configuration activated version={} author={} groups={}",
          loaded.number(),
          version.author(),
          loaded.groups().size());
      listeners.forEach(listener -> listener.accept(loaded));
    } catch (ConfigException | IllegalArgumentException e) {
      refusedNumber = version.number();
      unusable = "version %d: %s".formatted(version.number(), e.getMessage());
      metrics.reloaded(false);
      LOG.error(
          "replicated configuration can not be used, so this node is not ready version={}"
              + " problem={}",
          version.number(),
          e.getMessage());
    }
  }

  /// Tells the cluster how this node is.
  private void report() {
    ReplicatedLog to = log;
    if (to != null) {
      self.tell(to);
    }
  }

  private MemberReport ownReport() {
    return files
        .report(options, active.map(LoadedConfig::bundle), startedMs, problem())
        .withClock(clockOffsetMs, clockAgainst);
  }

  /// This node's clock was compared with the leader's.
  void reportClock(long offsetMs, String leaderId) {
    thread.run(
        () -> {
          clockOffsetMs = offsetMs;
          clockAgainst = leaderId;
          report();
        });
  }

  /// The leader's part: the cluster's birth, its feature level, its first version, and versions
  /// that all members agree on.
  private void govern() {
    ReplicatedLog to = log;
    long term = leadingTerm;
    if (to == null || term == 0) {
      return;
    }
    if (!unusable.isEmpty()) {
      moveOn(to);
      return;
    }
    ConfigMachine.View view = machine.view();
    LogStatus status = to.status();
    Optional<LoadedConfig> offer = files.offered();
    if (view.settings().isEmpty()) {
      ClusterSettings settings =
          new ClusterSettings(
              NodeOptions.PARTITION.toMillis(),
              LevelRise.founding(status, options.config().knownLevel()),
              clock.millis());
      thread.propose(to, term, new ConfigCommand.Found(settings), this::again);
    } else if (LevelRise.next(view, status).isPresent()) {
      int level = LevelRise.next(view, status).getAsInt();
      thread.propose(to, term, new ConfigCommand.Raise(level), this::again);
    } else if (offer.isPresent() && view.number() == 0) {
      adoptions.propose(
          to, term, view, offer.get().bundle(), "start of " + options.nodeId(), this::again);
    } else if (offer.isPresent()
        && LevelRise.unanimous(view, status, offer.get().bundle().hash())) {
      adoptions.propose(
          to, term, view, offer.get().bundle(), "restart of all members", this::again);
    }
  }

  /// A leader that can not use the configuration watches nothing: another one must lead.
  private void moveOn(ReplicatedLog to) {
    if (movingOn) {
      return;
    }
    movingOn = true;
    LOG.error(
        "this node can not lead without the configuration and hands over problem={}", unusable);
    var _ =
        to.transferLeadership("")
            .handle(
                (done, failure) -> {
                  thread.run(
                      () -> {
                        movingOn = false;
                        thread.later(this::govern);
                      });
                  return done;
                });
  }

  private void again(Optional<ConfigAnswer> answer) {
    if (answer.isEmpty() && leadingTerm != 0) {
      thread.later(this::govern);
    }
  }

  /// Reads this machine's files and proposes them as the next version, whichever node this is.
  ///
  /// @param author who asked, for the history
  public CompletableFuture<Reload> reload(String author) {
    CompletableFuture<Reload> done = new CompletableFuture<>();
    thread.run(() -> reload(author, done));
    return done;
  }

  private void reload(String author, CompletableFuture<Reload> done) {
    ReplicatedLog to = log;
    LoadedConfig read;
    try {
      read = files.read(check);
    } catch (ConfigException e) {
      metrics.reloaded(false);
      LOG.error("configuration reload failed problems={}", e.getMessage());
      report();
      done.complete(new Reload.Invalid(String.valueOf(e.getMessage())));
      return;
    }
    report();
    Optional<ConfigVersion> newest = machine.view().newest();
    if (!unusable.isEmpty()) {
      // What this node would seal, the others could perhaps not open.
      metrics.reloaded(false);
      done.complete(new Reload.Invalid(unusable));
    } else if (newest.isPresent() && newest.get().hash().equals(read.bundle().hash())) {
      metrics.reloaded(true);
      metrics.activated(clock.millis());
      done.complete(new Reload.Done(newest.get().number(), false));
    } else if (to == null) {
      done.complete(new Reload.Unavailable("the node has not started yet"));
    } else {
      // The cluster hears first what this node offers now. Otherwise the leader could still believe
      // that all members offer the files before, and adopt those once more.
      self.tell(to, known -> adoptIf(known, to, read.bundle(), author, done));
    }
  }

  private void adoptIf(
      boolean known,
      ReplicatedLog to,
      ConfigBundle bundle,
      String author,
      CompletableFuture<Reload> done) {
    // The leader may adopt the same files first, since by now all members offer them.
    ConfigMachine.View view = machine.view();
    Optional<ConfigAnswer> there = Adoptions.inForce(view, bundle);
    if (!known || there.isPresent()) {
      finish(there, done);
    } else {
      adoptions.propose(
          to,
          0,
          view,
          bundle,
          author,
          answer -> finish(Adoptions.inForce(machine.view(), bundle).or(() -> answer), done));
    }
  }

  private void finish(Optional<ConfigAnswer> answer, CompletableFuture<Reload> done) {
    Reload outcome =
        switch (answer.orElse(new ConfigAnswer.Refused("no leader, or no answer from it"))) {
          case ConfigAnswer.Accepted(long number) -> new Reload.Done(number, true);
          case ConfigAnswer.Refused(String reason) -> new Reload.Unavailable(reason);
        };
    metrics.reloaded(outcome instanceof Reload.Done);
    done.complete(outcome);
  }

  /// Proposes a version with the content of an older one. The files on the machines stay as they
  /// are and count as drift.
  ///
  /// @param author who asked, for the history
  public CompletableFuture<Reload> rollBack(long number, String author) {
    CompletableFuture<Reload> done = new CompletableFuture<>();
    thread.run(() -> rollBack(number, author, done));
    return done;
  }

  private void rollBack(long number, String author, CompletableFuture<Reload> done) {
    ReplicatedLog to = log;
    ConfigMachine.View view = machine.view();
    Optional<ConfigVersion> version = view.version(number);
    if (version.isEmpty()) {
      done.complete(
          new Reload.Invalid(
              "configuration version %d is not kept; kept are %s"
                  .formatted(number, view.versions().stream().map(v -> v.number()).toList())));
      return;
    }
    if (to == null || !view.has(FeatureLevel.TWO)) {
      done.complete(
          new Reload.Unavailable(
              "a roll-back needs a leader and feature level 2: every member must run a version"
                  + " that knows it"));
      return;
    }
    try {
      if (!unusable.isEmpty()) {
        throw new IllegalArgumentException(unusable);
      }
      ConfigBundle bundle = open(version.get());
      loader.load(bundle); // an older build may have taken what this one refuses
      thread.propose(
          to,
          0,
          new ConfigCommand.RollBack(adoptions.command(view, bundle, author), number),
          answer -> finish(answer, done));
    } catch (ConfigException | IllegalArgumentException e) {
      done.complete(
          new Reload.Invalid(
              "configuration version %d can not be used: %s".formatted(number, e.getMessage())));
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
