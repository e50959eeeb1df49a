package io.trivigil.node.failopen;

import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.loop.Pacer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings into the log what a node did alone, in this order: that it begins, what it told, what its
/// rules came to, its scrapes, and at last that it is done. Each is proposed until it is known to
/// be applied, also over a further loss of the quorum. One virtual thread of its own; the rest is
/// thread-safe.
final class Merger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Merger.class);
  private static final long RETRY_MS = 100;

  private interface Work {
    void run() throws InterruptedException;
  }

  private final String node;
  private final MergeLog log;
  private final MergeSettings settings;
  private final ToLongFunction<String> newestMs;
  private final Pacer pacer;
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<Command> unsettled = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger times = new AtomicInteger(); // that are not merged yet
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong merged = new AtomicLong();
  private final Map<MergeLog.Left, AtomicLong> left = new EnumMap<>(MergeLog.Left.class); // fixed
  private final Thread thread;

  /// @param newestMs the newest slot of a target, by its key, that this node has applied
  Merger(
      String node,
      MergeLog log,
      MergeSettings settings,
      ToLongFunction<String> newestMs,
      Pacer pacer) {
    this.node = node;
    this.log = log;
    this.settings = settings;
    this.newestMs = newestMs;
    this.pacer = pacer;
    Arrays.stream(MergeLog.Left.values()).forEach(why -> left.put(why, new AtomicLong()));
    this.thread = pacer.workers().thread("fail-open-merge", this::run);
  }

  void start() {
    thread.start();
  }

  /// Whether everything that was handed over is in the log.
  boolean idle() {
    return open.get() == 0;
  }

  /// Scrapes that are still to be merged.
  long waitingSlots() {
    return waiting.get();
  }

  /// Scrapes that entered the log, of all times.
  long mergedSlots() {
    return merged.get();
  }

  /// Scrapes that did not, of all times.
  long leftSlots(MergeLog.Left why) {
    return count(why).get();
  }

  private AtomicLong count(MergeLog.Left why) {
    return left.getOrDefault(why, new AtomicLong());
  }

  /// What was told and is not known to be in the log yet, in order: a leader was heard, but the
  /// quorum was lost again before it was committed.
  List<Command> unsettled() {
    return List.copyOf(unsettled);
  }

  private void add(Work work) {
    open.incrementAndGet();
    queue.add(work);
  }

  /// Says in the log that there is something to merge, so that a new leader waits for it. Each call
  /// is followed by one of [#merge].
  void begin() {
    times.incrementAndGet();
    add(() -> commit(MergeLog.Kind.SCRAPES, new TakenAlone(node, List.of()).encode()));
  }

  /// Takes what was told: known to be late where the receiver answered late.
  void told(List<Command> commands) {
    if (!commands.isEmpty()) {
      unsettled.addAll(commands);
      add(
          () -> {
            for (Command command : commands) {
              commit(MergeLog.Kind.ALERTMANAGER, CommandCodec.encode(command));
              unsettled.remove(command);
            }
          });
    }
  }

  /// Takes everything else of one time without a quorum, and the report at its end.
  ///
  /// @param merge empty where this node's samples were not to be trusted
  /// @param before scrapes that were left out before
  void merge(
      Optional<Merge> merge,
      Map<MergeLog.Left, Long> before,
      long openedMs,
      long closedMs,
      long told) {
    before.forEach((why, slots) -> count(why).addAndGet(slots));
    long leftBefore = before.values().stream().mapToLong(Long::longValue).sum();
    int slots = merge.map(one -> one.slots().size()).orElse(0);
    waiting.addAndGet(slots);
    add(
        () -> {
          Counted counted = new Counted(slots);
          boolean last;
          try {
            merge(merge, counted);
          } finally {
            waiting.addAndGet(-counted.open); // none, but after a mistake of ours
            last = times.decrementAndGet() == 0;
          }
          long leftOut = counted.leftOut + leftBefore;
          if (last) { // else the next time is waiting, and a leader must not begin before it is in
            report(new Merged(0, openedMs, closedMs, counted.slots, leftOut, told));
          }
        });
  }

  private void merge(Optional<Merge> merge, Counted counted) throws InterruptedException {
    if (merge.isEmpty()) {
      return;
    }
    long startNanos = pacer.nanoTime();
    for (RuleRun run : merge.get().runs()) {
      commit(MergeLog.Kind.RULES, RulesMachine.encode(run));
    }
    slots(merge.get(), counted);
    LOG.info(
        "merged what was done without a quorum slots={} left_out={} took_ms={}",
        counted.slots,
        counted.leftOut,
        (pacer.nanoTime() - startNanos) / 1_000_000);
  }

  /// Reports that there was nothing to merge.
  void nothing() {
    add(() -> report(new Merged(0, 0, 0, 0, 0, 0)));
  }

  private void report(Merged what) throws InterruptedException {
    commit(MergeLog.Kind.FAIL_OPEN, FailOpenMachine.encode(node, what));
  }

  private void run() {
    try {
      while (true) {
        Work work = queue.take();
        try {
          work.run();
        } catch (RuntimeException e) {
          LOG.error("what was done without a quorum could not be merged", e);
        }
        open.decrementAndGet();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed; the thread ends here anyway
    }
  }

  /// All scrapes, a command of each lane at a time.
  private void slots(Merge merge, Counted counted) throws InterruptedException {
    SlotLanes lanes = new SlotLanes(node, settings, merge, newestMs, counted);
    for (List<SlotLanes.Chunk> wave = lanes.next(); !wave.isEmpty(); wave = lanes.next()) {
      List<CompletableFuture<Optional<byte[]>>> answers = new ArrayList<>();
      for (SlotLanes.Chunk chunk : wave) {
        answers.add(log.propose(MergeLog.Kind.SCRAPES, chunk.command()));
      }
      for (int i = 0; i < wave.size(); i++) {
        SlotLanes.Chunk chunk = wave.get(i);
        Optional<byte[]> first = await(answers.get(i));
        lanes.settle(
            chunk,
            first.isPresent() ? first.get() : commit(MergeLog.Kind.SCRAPES, chunk.command()));
      }
    }
  }

  /// What became of the scrapes of one time. Confined to the merging thread.
  private final class Counted implements SlotLanes.Fates {
    private long slots;
    private long leftOut;
    private long open;

    Counted(long open) {
      this.open = open;
    }

    @Override
    public void merged() {
      slots++;
      open--;
      waiting.decrementAndGet();
      merged.incrementAndGet();
    }

    @Override
    public void left(LocalBuffer.Slot slot, MergeLog.Left why) {
      leftOut++;
      open--;
      waiting.decrementAndGet();
      count(why).incrementAndGet();
      log.leftOut(slot.key(), slot.slotMs(), why);
    }
  }

  /// Proposes until it is applied.
  private byte[] commit(MergeLog.Kind kind, byte[] command) throws InterruptedException {
    while (true) {
      Optional<byte[]> answer = await(log.propose(kind, command));
      if (answer.isPresent()) {
        return answer.get();
      }
      pacer.sleepUntil(pacer.nowMs() + RETRY_MS);
    }
  }

  private static Optional<byte[]> await(CompletableFuture<Optional<byte[]>> future)
      throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      LOG.warn("a proposal's future failed, it is made again", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
