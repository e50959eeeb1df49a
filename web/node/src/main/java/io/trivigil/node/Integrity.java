package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.storage.FixedContent;
import io.trivigil.storage.Storage;
import io.trivigil.storage.backup.Throttle;
import io.trivigil.storage.page.FileCheck;
import io.trivigil.storage.page.PageStoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for damage before a query meets it. Thread-safe.
/// - **Scrub:** each node reads every block of its files, slowly, and compares checksums.
/// - **Comparison:** the leader asks, by an entry, for the checksum of the decoded content at that
///   entry. Each node fixes its content there, computes in the background and tells the others
///   through the log. A node that differs from the majority of the voters calls its store damaged,
///   and is repaired as if a file were.
final class Integrity implements LeaderWork.Work, Hearsay, AutoCloseable {
  static final String CONTENT = "content";

  private static final Logger LOG = LoggerFactory.getLogger(Integrity.class);
  private static final Duration LOOK = Duration.ofSeconds(30);

  /// A question older than this is not answered: it was met in a replay.
  private static final long FRESH_MS = 60_000;

  private final String self;
  private final Storage storage;
  private final Proposals proposals;
  private final BooleanSupplier mayTell;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final StoreOptions options;
  private final Hearsay others;
  private final Metrics.Counter damagedFiles;
  private final Metrics.Counter comparisons;
  private final Metrics.Counter differences;
  private final Turns turns = new Turns("integrity");
  private final Turns scrubbing = new Turns("scrub");
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile long leadingTerm; // 0 while not leading
  private volatile long comparedMs; // log time of the last question, or when this node started
  private volatile long scrubbedMs; // when the last whole scrub ended; 0 before
  private volatile String agreed = ""; // the last comparison, in words

  // Owned by the thread that applies, and read under the lock:
  private long comparedIndex = -1; // guarded by this
  private final Map<String, String> sums = new TreeMap<>(); // guarded by this

  /// @param mayTell whether every member understands what is told and asked
  /// @param others hears what is not about content
  Integrity(
      String self,
      Storage storage,
      Proposals proposals,
      BooleanSupplier mayTell,
      InstantSource clock,
      LongSupplier nanoTicker,
      StoreOptions options,
      Hearsay others,
      Metrics metrics) {
    this.self = self;
    this.storage = storage;
    this.proposals = proposals;
    this.mayTell = mayTell;
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.options = options;
    this.others = others;
    this.comparedMs = clock.millis();
    this.damagedFiles =
        metrics.counter("trivigil_scrub_damaged_files_total", "Damaged files that scrubs found.");
    this.comparisons =
        metrics.counter(
            "trivigil_content_comparisons_total",
            "Comparisons of this node's content with the others' in which a majority agreed.");
    this.differences =
        metrics.counter(
            "trivigil_content_differences_total",
            "Comparisons in which this node's content differed from the majority's.");
    metrics.gauge(
        "trivigil_scrub_last_seconds",
        "When every block of the store was last read, seconds since 1970; 0 if not yet.",
        () -> scrubbedMs / 1000.0);
  }

  void start(ReplicatedLog of) {
    log = of;
    Duration every = options.scrubEvery();
    Future<?> _ = scrubbing.every(every, every, this::scrub);
    Duration look = every.compareTo(LOOK) < 0 ? every : LOOK;
    Future<?> _ = turns.every(look, look, this::askIfDue);
  }

  @Override
  public void start(long term) {
    leadingTerm = term;
  }

  @Override
  public void stop() {
    leadingTerm = 0;
  }

  // ---- scrub ----

  /// Reads every block of every file. Returns what was found; empty if nothing is wrong.
  Map<String, String> scrub() {
    Throttle throttle = new Throttle(options.scrubRate(), nanoTicker);
    Map<String, String> problems = new TreeMap<>();
    try {
      storage.check(
          new FileCheck() {
            @Override
            public boolean read(String file, long bytes) {
              throttle.took(bytes);
              return !Thread.currentThread().isInterrupted();
            }

            @Override
            public void damaged(String file, String problem) {
              problems.put(file, problem);
              damagedFiles.inc();
            }
          });
      scrubbedMs = clock.millis();
      LOG.info("store was scrubbed bytes={} damaged={}", throttle.taken(), problems.size());
    } catch (PageStoreException e) {
      LOG.warn("scrub was broken off reason={}", e.getMessage());
    }
    return problems;
  }

  /// When every block was last read, epoch ms; 0 if not yet.
  long scrubbedMs() {
    return scrubbedMs;
  }

  /// The last comparison in words; empty before the first.
  String agreed() {
    return agreed;
  }

  // ---- comparison ----

  private void askIfDue() {
    long term = leadingTerm;
    if (term != 0
        && mayTell.getAsBoolean()
        && clock.millis() - comparedMs >= options.scrubEvery().toMillis()) {
      comparedMs = clock.millis();
      var _ = proposals.writeAsLeader(term, new WriteCommand.Compare());
    }
  }

  @Override
  public boolean wantsContent(long logTimeMs) {
    comparedMs = Math.max(comparedMs, logTimeMs);
    return Math.abs(clock.millis() - logTimeMs) < FRESH_MS;
  }

  @Override
  public void content(FixedContent content) {
    long index = content.position().index();
    synchronized (this) {
      comparedIndex = index;
      sums.clear();
    }
    if (!turns.once(() -> compute(content, index))) {
      content.close();
    }
  }

  private void compute(FixedContent content, long index) {
    try (content) {
      String sum = content.sum(new Throttle(0, nanoTicker)).text();
      var _ = proposals.write(new WriteCommand.Told(self, CONTENT, index + " " + sum));
    } catch (PageStoreException e) {
      LOG.warn("content was not compared index={} reason={}", index, e.getMessage());
    }
  }

  @Override
  public void told(String node, String what, String text, long logTimeMs) {
    if (!what.equals(CONTENT)) {
      others.told(node, what, text, logTimeMs);
      return;
    }
    String[] words = text.split(" ", 2);
    Map<String, String> known;
    long index;
    synchronized (this) {
      if (words.length != 2 || !words[0].equals(Long.toString(comparedIndex))) {
        return;
      }
      sums.put(node, words[1]);
      known = new TreeMap<>(sums);
      index = comparedIndex;
    }
    turns.once(() -> judge(index, known));
  }

  private void judge(long index, Map<String, String> known) {
    ReplicatedLog of = log;
    String own = known.get(self);
    if (of == null || own == null) {
      return;
    }
    List<String> voters =
        of.status().members().stream()
            .filter(LogStatus.Member::voting)
            .map(LogStatus.Member::id)
            .toList();
    Optional<String> majority = majority(voters, known);
    if (majority.isPresent()) {
      agreed = "index=%d sum=%s nodes=%s".formatted(index, majority.get(), known.keySet());
      if (majority.get().equals(own)) {
        comparisons.inc();
      } else {
        differences.inc();
        storage
            .damage()
            .found(
                "content differs from the other nodes': index=%d own=%s majority=%s"
                    .formatted(index, own, majority.get()));
      }
    } else if (known.keySet().containsAll(voters)) {
      LOG.error("nodes hold different contents and no majority agrees index={} {}", index, known);
    }
  }

  /// The checksum that more than half of the voters have, if there is one.
  static Optional<String> majority(List<String> voters, Map<String, String> known) {
    Map<String, Integer> votes = new HashMap<>();
    for (String voter : voters) {
      String sum = known.get(voter);
      if (sum != null) {
        votes.merge(sum, 1, Integer::sum);
      }
    }
    return votes.entrySet().stream()
        .filter(vote -> vote.getValue() * 2 > voters.size())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  @Override
  public void close() {
    turns.close();
    scrubbing.close();
  }
}
