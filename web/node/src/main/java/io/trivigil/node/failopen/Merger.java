package io.trivigil.node.failopen;

import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.loop.Pacer;
import io.trivigil.scraper.state.ScrapeAnswer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings into the log what a node did alone, in this order: what it told, what its rules came to,
/// its scrapes, and at last that it is done. Each is proposed until it is known to be applied, also
/// over a further loss of the quorum. One virtual thread of its own; the rest is thread-safe.
final class Merger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Merger.class);
  private static final long RETRY_MS = 100;

  private interface Work {
    void run() throws InterruptedException;
  }

  private final String node;
  private final MergeLog log;
  private final Pacer pacer;
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<Command> unsettled = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong merged = new AtomicLong();
  private final AtomicLong left = new AtomicLong();
  private final Thread thread;

  Merger(String node, MergeLog log, Pacer pacer) {
    this.node = node;
    this.log = log;
    this.pacer = pacer;
    this.thread = pacer.workers().thread("fail-open-merge", this::run);
  }

  void start() {
    thread.start();
  }

  /// Whether everything that was handed over is in the log.
  boolean idle() {
    return open.get() == 0;
  }

  /// Scrapes that entered the log, of all times.
  long mergedSlots() {
    return merged.get();
  }

  /// Scrapes that did not, because others had committed the like.
  long leftSlots() {
    return left.get();
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
  void merge(Optional<Merge> merge, long dropped, long openedMs, long closedMs, long told) {
    add(
        () -> {
          long mergedBefore = merged.get();
          long leftBefore = left.get();
          if (merge.isPresent()) {
            for (RuleRun run : merge.get().runs()) {
              commit(MergeLog.Kind.RULES, RulesMachine.encode(run));
            }
            slots(merge.get());
          }
          long slots = merged.get() - mergedBefore;
          long leftOut = left.get() - leftBefore + dropped;
          LOG.info(
              "merged what was done without a quorum slots={} left_out={} told={}",
              slots,
              leftOut,
              told);
          report(new Merged(0, openedMs, closedMs, slots, leftOut, told));
        });
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

  /// One scrape of each target at a time, for a target takes them in order only.
  private void slots(Merge merge) throws InterruptedException {
    Collection<ArrayDeque<LocalBuffer.Slot>> waiting = merge.byTarget().values();
    while (!waiting.isEmpty()) {
      List<LocalBuffer.Slot> wave = new ArrayList<>();
      waiting.forEach(slots -> wave.add(slots.removeFirst()));
      waiting.removeIf(ArrayDeque::isEmpty);
      List<CompletableFuture<Optional<byte[]>>> answers = new ArrayList<>();
      for (LocalBuffer.Slot slot : wave) {
        answers.add(log.propose(MergeLog.Kind.SCRAPE, merge.command(slot, false)));
      }
      for (int i = 0; i < wave.size(); i++) {
        settle(merge, wave.get(i), await(answers.get(i)));
      }
    }
  }

  private void settle(Merge merge, LocalBuffer.Slot slot, Optional<byte[]> first)
      throws InterruptedException {
    byte[] answer =
        first.isPresent() ? first.get() : commit(MergeLog.Kind.SCRAPE, merge.command(slot, false));
    if (ScrapeAnswer.decode(answer) instanceof ScrapeAnswer.UnknownRefs) {
      answer = commit(MergeLog.Kind.SCRAPE, merge.command(slot, true));
    }
    (ScrapeAnswer.decode(answer) instanceof ScrapeAnswer.Applied ? merged : left).incrementAndGet();
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
