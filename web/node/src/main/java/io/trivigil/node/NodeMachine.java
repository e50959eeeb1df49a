package io.trivigil.node;

import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Exemplar;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBatches;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.KnownTexts;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.node.failopen.TakenAlone;
import io.trivigil.raft.Entry;
import io.trivigil.raft.StateMachine;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.state.SampleStore;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.storage.AppendResult;
import io.trivigil.storage.FixedContent;
import io.trivigil.storage.Recovered;
import io.trivigil.storage.SeriesLimits;
import io.trivigil.storage.SnapshotPosition;
import io.trivigil.storage.Storage;
import io.trivigil.storage.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// All machines of a node as one: gives each command to its domain, within one entry of the store,
/// so that what an entry changes becomes visible to queries together.
///
/// [#apply], [#capture] and [#install] are called by the log's one thread. The machines' own views
/// may be read from any thread.
public final class NodeMachine implements StateMachine {
  /// The most live series before the cluster has agreed on limits. Part of `apply`.
  public static final int MAX_SERIES = 10_000_000;

  private static final byte[] NO_ANSWER = {};

  private final Storage storage;
  private final ConfigMachine config;
  private final TargetMachine targets;
  private final RulesMachine rules;
  private final AlertmanagerMachine alertmanager = new AlertmanagerMachine(Limits.DEFAULT);
  private final FailOpenMachine failOpen = new FailOpenMachine();
  private final DescribedFamilies described = new DescribedFamilies();
  private final SampleBatches batches = new SampleBatches();
  private final KnownTexts texts = new KnownTexts();
  private final StoreRules guard = new StoreRules();
  private final Listener listener;
  private Position position;
  private long logTimeMs; // of the entry that is being applied
  private boolean compareAsked; // by a command of that entry
  private volatile Hearsay hearsay = Hearsay.NOBODY;
  private final AtomicReference<@Nullable CompletableFuture<FixedContent>> contentWanted =
      new AtomicReference<>();
  private volatile Optional<Gap> lastGap = Optional.empty();

  /// Who is told of changes, by the log's thread. Every method must return at once.
  public interface Listener {
    /// The leadership has changed.
    void onLeadership(Leadership change);

    /// The configuration version in force may have changed.
    void onConfig();

    /// An entry of this log time was applied.
    void onApplied(long logTimeMs);
  }

  /// A time in which nothing was committed.
  ///
  /// @param fromMs log time of the last entry before it
  /// @param toMs log time of the first entry behind it
  public record Gap(long fromMs, long toMs) {
    /// By so much a gap may look shorter than it was, ms.
    public static final long CLOCKS_MS = 1_000;

    /// Shorter pauses are ordinary, ms: the shortest time after which a node fails open, less what
    /// the clocks of two leaders may differ by, since each end of a gap is the time of another one.
    public static final long SHORTEST_MS = FailOpenSettings.SHORTEST.toMillis() - CLOCKS_MS;
  }

  public NodeMachine(Storage storage, Listener listener) {
    this(storage, listener, FeatureLevel.NEWEST.number());
  }

  /// @param knownLevel the newest feature level that this node admits to know
  public NodeMachine(Storage storage, Listener listener, int knownLevel) {
    this.config = new ConfigMachine(knownLevel);
    this.storage = storage;
    this.listener = listener;
    this.targets = new TargetMachine(new Scraped());
    this.rules =
        new RulesMachine(() -> config.view().number(), this::takesHistograms, new RuleOutputs());
    this.position = restore(storage.recovered());
  }

  public Storage storage() {
    return storage;
  }

  public ConfigMachine config() {
    return config;
  }

  public TargetMachine targets() {
    return targets;
  }

  public RulesMachine rules() {
    return rules;
  }

  public AlertmanagerMachine alertmanager() {
    return alertmanager;
  }

  public FailOpenMachine failOpen() {
    return failOpen;
  }

  /// What remote write says of metric families.
  public DescribedFamilies described() {
    return described;
  }

  /// The limits on series.
  StoreRules storeRules() {
    return guard;
  }

  @Override
  public Position recovered() {
    return position(storage.durablePosition());
  }

  private static Position position(SnapshotPosition of) {
    return new Position(of.term(), of.index(), of.logTimeMs());
  }

  private Position restore(Recovered recovered) {
    Map<String, SortedMap<String, byte[]>> sections = recovered.sections();
    config.restore(of(sections, Domain.CONFIG));
    targets.restore(of(sections, Domain.SCRAPE));
    rules.restore(of(sections, Domain.RULES));
    alertmanager.restore(of(sections, Domain.ALERTMANAGER));
    failOpen.restore(of(sections, Domain.FAIL_OPEN));
    described.restore(of(sections, Domain.STORE));
    guard.restore(of(sections, Domain.STORE));
    listener.onConfig();
    return position(recovered.position());
  }

  private static SortedMap<String, byte[]> of(
      Map<String, SortedMap<String, byte[]>> sections, Domain domain) {
    return sections.getOrDefault(domain.section(), new TreeMap<>());
  }

  @Override
  public List<byte[]> apply(Entry entry) {
    List<byte[]> answers = new ArrayList<>(entry.commands().size());
    boolean isNew = storage.beginEntry(entry.index(), entry.logTimeMs());
    logTimeMs = entry.logTimeMs();
    try {
      for (byte[] command : entry.commands()) {
        answers.add(isNew ? applyNamed(command, answers.size()) : NO_ANSWER);
      }
    } finally {
      storage.endEntry();
    }
    if (isNew) {
      noteGap(position.logTimeMs(), entry.logTimeMs());
      position = Position.of(entry);
      if (compareAsked) {
        compareAsked = false;
        hearsay.content(fix());
      }
      listener.onApplied(entry.logTimeMs());
    }
    return answers;
  }

  private void noteGap(long beforeMs, long nowMs) {
    if (beforeMs > 0 && nowMs - beforeMs > Gap.SHORTEST_MS) {
      lastGap = Optional.of(new Gap(beforeMs, nowMs));
    }
  }

  /// The newest gap in the log since this node's start, the one before its start included.
  public Optional<Gap> lastGap() {
    return lastGap;
  }

  /// The log halts the node on an exception, and a person must see whose command it was.
  private byte[] applyNamed(byte[] command, int number) {
    try {
      return apply(command);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "command %d of domain %s: %s".formatted(number, CommandNames.domain(command), e), e);
    }
  }

  private byte[] apply(byte[] command) {
    return switch (command.length == 0 ? 0 : command[0]) {
      case 1 -> applyConfig(rest(command));
      case 2 -> applyStore(new ByteReader(command, 1, command.length - 1, texts));
      case 3 -> targets.apply(logTimeMs, rest(command));
      case 4 -> rules.apply(rest(command)).encode();
      case 5 -> applyAlertmanager(rest(command));
      case 6 -> applyFailOpen(rest(command));
      default -> unknownDomain();
    };
  }

  private static byte[] rest(byte[] command) {
    return Arrays.copyOfRange(command, 1, command.length);
  }

  /// Whether what nodes did without a quorum may enter the log: every member knows how to read it.
  boolean knowsFailOpen() {
    return config.view().has(FeatureLevel.TWO);
  }

  /// Whether histograms may be among samples: every member knows how to read them.
  boolean takesHistograms() {
    return config.view().has(FeatureLevel.THREE);
  }

  private byte[] applyFailOpen(byte[] bytes) {
    if (!knowsFailOpen()) {
      return unknownDomain();
    }
    return TakenAlone.is(bytes)
        ? failOpen.apply(logTimeMs, bytes, scrape -> targets.apply(logTimeMs, scrape))
        : failOpen.apply(logTimeMs, bytes);
  }

  private static byte[] unknownDomain() {
    return new WriteAnswer.Refused("unknown domain of a command", -1).encode();
  }

  private byte[] applyAlertmanager(byte[] bytes) {
    return CommandCodec.isToldAlone(bytes) && !knowsFailOpen()
        ? AlertmanagerMachine.refusal("feature level 2 is not reached")
        : alertmanager.apply(logTimeMs, bytes);
  }

  private byte[] applyConfig(byte[] bytes) {
    try {
      ConfigAnswer answer = config.apply(logTimeMs, ConfigCommand.decode(new ByteReader(bytes)));
      listener.onConfig();
      return answer.encode();
    } catch (MalformedBytesException e) {
      return new ConfigAnswer.Refused(String.valueOf(e.getMessage())).encode();
    }
  }

  private byte[] applyStore(ByteReader in) {
    SampleBatch room = batches.take();
    try {
      return applyStore(in, room);
    } finally {
      batches.give(room); // the store has taken out of it what it keeps
    }
  }

  private byte[] applyStore(ByteReader in, SampleBatch room) {
    WriteCommand command;
    try {
      command = WriteCommand.decode(in, room);
    } catch (MalformedBytesException e) {
      return new WriteAnswer.Refused(String.valueOf(e.getMessage()), -1).encode();
    }
    if (!config.view().has(command.since())) {
      return new WriteAnswer.Refused("write command: not in this feature level", -1).encode();
    }
    WriteAnswer answer =
        switch (command) {
          case WriteCommand.Write(long minMs, long maxMs, SampleBatch batch) ->
              written(storage.append(batch, guard.whole(minMs, maxMs)), batch);
          case WriteCommand.Retain(long cutoffMs) -> {
            storage.retain(cutoffMs);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Delete(List<Long> refs, long fromMs, long toMs) ->
              storage.delete(refs, fromMs, toMs)
                  ? new WriteAnswer.Written(List.of())
                  : new WriteAnswer.Refused(
                      "too many tombstones: limit=" + Storage.MOST_TOMBSTONES, -1);
          case WriteCommand.Clean() -> {
            storage.askToClean();
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Exemplars(int limit, List<Exemplar> exemplars) -> {
            storage.appendExemplars(exemplars, limit);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Describe(SortedMap<String, FamilyMeta> said) -> {
            described.apply(said);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Limits(SeriesLimits limits) -> {
            guard.agree(limits);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Window(long windowMs) -> {
            guard.agreeWindow(windowMs);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Retire(long beforeMs, int most) -> {
            storage.retire(beforeMs, most);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Told(String node, String what, String text) -> {
            hearsay.told(node, what, text, logTimeMs);
            yield new WriteAnswer.Written(List.of());
          }
          case WriteCommand.Compare() -> {
            compareAsked = hearsay.wantsContent(logTimeMs);
            yield new WriteAnswer.Written(List.of());
          }
        };
    return answer.encode();
  }

  private WriteAnswer written(AppendResult result, SampleBatch batch) {
    return switch (result) {
      case AppendResult.Appended stored when stored.over().isEmpty() ->
          new WriteAnswer.Written(stored.refs());
      case AppendResult.Appended partly ->
          new WriteAnswer.Partly(
              partly.refs(), guard.told(partly.over()), partly.over().getFirst().first());
      case AppendResult.UnknownRefs(List<Long> refs) -> new WriteAnswer.UnknownRefs(refs);
      case AppendResult.Refused(Verdict verdict, int sample) ->
          new WriteAnswer.Refused(words(verdict), sample);
      case AppendResult.Replayed() ->
          throw new IllegalStateException("replayed within a new entry: samples=" + batch.size());
    };
  }

  private String words(Verdict verdict) {
    return switch (verdict) {
      case DUPLICATE -> "duplicate sample for timestamp";
      case OUT_OF_ORDER -> "out of order sample";
      case TOO_OLD -> guard.windowMs() > 0 ? "too old sample" : "out of bounds";
      case TOO_FAR_AHEAD -> "out of bounds";
      case SERIES_LIMIT -> "too many series: limit=" + MAX_SERIES;
      case METRIC_SERIES_LIMIT, JOB_SERIES_LIMIT ->
          throw new IllegalStateException("a limit that loses its offender alone refused a batch");
      case ACCEPTED, SAME, LATE -> throw new IllegalStateException("a welcome sample was refused");
    };
  }

  /// Where scrapes go.
  private final class Scraped implements SampleStore {
    @Override
    public Stored append(SampleBatch batch) {
      return append(batch, 0);
    }

    @Override
    public Stored append(SampleBatch batch, int report) {
      return switch (storage.append(batch, guard.each(report))) {
        case AppendResult.Appended a ->
            new Stored.Appended(
                a.refs(),
                new LeftOut(
                    a.duplicates(), a.outOfOrder(), a.tooOld() + a.tooFarAhead(), a.overLimit()),
                guard.told(a.over()));
        case AppendResult.UnknownRefs(List<Long> refs) -> new Stored.UnknownRefs(refs);
        case AppendResult.Refused _, AppendResult.Replayed _ ->
            throw new IllegalStateException("a batch that is judged sample by sample was refused");
      };
    }
  }

  /// Where rule runs go, within the entry that brought them.
  private final class RuleOutputs implements RunOutputs {
    @Override
    public void samples(SampleBatch samples) {
      if (storage.append(samples, guard.each(0)) instanceof AppendResult.Appended stored) {
        var _ = guard.told(stored.over()); // a rule has nobody to tell
      }
    }

    @Override
    public void alerts(List<AlertUpdate> alerts) {
      alertmanager.apply(logTimeMs, Command.AlertsReceived.of(alerts));
    }

    @Override
    public void transitions(List<AlertTransition> transitions) {
      // The rules' own states tell them; the alertmanager keeps the history of what was told.
    }
  }

  /// Who hears what changes no state.
  void onHearsay(Hearsay to) {
    hearsay = to;
  }

  /// Completes with the content of the next capture; whoever asked closes it. Any thread; one asker
  /// at a time.
  CompletableFuture<FixedContent> contentAtCapture() {
    CompletableFuture<FixedContent> wanted = new CompletableFuture<>();
    contentWanted.set(wanted);
    return wanted;
  }

  private FixedContent fix() {
    return storage.fix(
        new SnapshotPosition(position.term(), position.index(), position.logTimeMs()), sections());
  }

  @Override
  public Capture capture() {
    Position at = position;
    CompletableFuture<FixedContent> wanted = contentWanted.getAndSet(null);
    if (wanted != null) {
      wanted.complete(fix());
    }
    io.trivigil.storage.Capture capture =
        storage.capture(new SnapshotPosition(at.term(), at.index(), at.logTimeMs()), sections());
    return new Capture() {
      @Override
      public Position position() {
        return at;
      }

      @Override
      public void write() {
        capture.write();
      }
    };
  }

  @Override
  public CaptureNeed captureNeed() {
    return captureNeed(storage.bytesNotCaptured(), storage.bytesNotDurable());
  }

  static CaptureNeed captureNeed(long notCaptured, long notDurable) {
    if (notDurable >= Storage.MAX_BYTES_NOT_DURABLE) {
      return CaptureNeed.BEFORE_MORE;
    }
    return notCaptured >= Storage.CAPTURE_BYTES ? CaptureNeed.DUE : CaptureNeed.NONE;
  }

  /// The machines' state, the samples left out: equal on all nodes at an equal index.
  public Map<String, SortedMap<String, byte[]>> sections() {
    Map<String, SortedMap<String, byte[]>> sections = new TreeMap<>();
    sections.put(Domain.CONFIG.section(), config.sections());
    sections.put(Domain.SCRAPE.section(), targets.sections());
    sections.put(Domain.RULES.section(), rules.sections());
    sections.put(Domain.ALERTMANAGER.section(), alertmanager.sections());
    sections.put(Domain.FAIL_OPEN.section(), failOpen.sections());
    SortedMap<String, byte[]> store = described.sections();
    store.putAll(guard.sections());
    sections.put(Domain.STORE.section(), store);
    return sections;
  }

  @Override
  public Position writeCheckpoint(Path directory) throws IOException {
    return position(storage.writeCheckpoint(directory));
  }

  @Override
  public Position install(Path directory) throws IOException {
    position = restore(storage.install(directory));
    return position;
  }

  @Override
  public void onLeadership(Leadership change) {
    listener.onLeadership(change);
  }
}
