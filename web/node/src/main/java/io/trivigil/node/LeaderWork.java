package io.trivigil.node;

import io.trivigil.raft.StateMachine.Leadership;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts the leader's work when this node is ready to lead, and stops it when it no longer leads,
/// or leads in another term. Work proposes in its term, so what is late to stop decides nothing.
///
/// Thread-safe: changes are handed to one thread, which starts and stops in order.
final class LeaderWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderWork.class);

  /// One domain's work of the leader. Called by one thread; both methods return promptly.
  interface Work {
    void start(long term);

    void stop();
  }

  /// Work that is started and stopped by two methods of somebody.
  static Work of(LongConsumer start, Runnable stop) {
    return new Work() {
      @Override
      public void start(long term) {
        start.accept(term);
      }

      @Override
      public void stop() {
        stop.run();
      }
    };
  }

  private final List<Work> works;
  private final ExecutorService thread;
  private volatile Leadership latest = new Leadership(0, "", false);
  private volatile boolean opened;
  private long workingTerm; // 0 while nothing is started; owned by the thread

  /// @param works are started in this order and stopped in the opposite one
  LeaderWork(List<Work> works) {
    this(works, Thread.ofPlatform().name("leadership").daemon().factory());
  }

  /// @param factory makes the one thread that starts and stops
  LeaderWork(List<Work> works, ThreadFactory factory) {
    this.works = List.copyOf(works);
    this.thread = Executors.newSingleThreadExecutor(factory);
  }

  /// Takes note of a change. Returns at once. Nothing is started before [#open].
  void onLeadership(Leadership change) {
    latest = change;
    if (opened) {
      run(this::follow);
    }
  }

  /// The node is assembled: work may begin.
  void open() {
    opened = true;
    run(this::follow);
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("leadership changed after the stop");
    }
  }

  private void follow() {
    Leadership change = latest;
    long term = change.ready() ? change.term() : 0;
    if (term == workingTerm) {
      return;
    }
    stop();
    if (term != 0) {
      workingTerm = term;
      works.forEach(work -> guarded("start", () -> work.start(term)));
      LOG.info("leading term={}", term);
    }
  }

  private void stop() {
    if (workingTerm != 0) {
      works.reversed().forEach(work -> guarded("stop", work::stop));
      LOG.info("no longer leading term={}", workingTerm);
      workingTerm = 0;
    }
  }

  // One domain that fails to start must not keep the others from watching.
  static void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("leader's work failed to {}", what, e);
    }
  }

  @Override
  public void close() {
    run(this::stop);
    thread.shutdown();
  }
}
