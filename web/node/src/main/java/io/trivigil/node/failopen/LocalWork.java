package io.trivigil.node.failopen;

import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.alertmanager.dispatch.Dispatcher;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.dispatch.Setup;
import io.trivigil.alertmanager.dispatch.Telling;
import io.trivigil.model.metric.Metrics;
import io.trivigil.rules.eval.CommandLog.Outcome;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.rules.eval.RuleLoop;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.loop.ScrapeCapacity;
import io.trivigil.scraper.loop.ScrapeManager;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The domains' own loops over a [LocalState]. Confined to the thread of [FailOpen]; the loops have
/// threads of their own.
final class LocalWork implements AutoCloseable {
  /// The only term of a local log.
  private static final long TERM = 1;

  private final LocalState state;
  private final FailOpenParts.Config config;
  private final FailOpenParts.Tools tools;
  private final BooleanSupplier mayAct;
  private final Metrics hidden = new Metrics(); // the leader's own figures are not for local loops
  private final ScrapeManager scrapes;
  private final @Nullable Dispatcher dispatcher; // null where there is no alertmanager
  private @Nullable RuleLoop rules; // null until its samples may be trusted

  /// @param mayAct asked before anything is decided or sent: whether there still is no leader
  LocalWork(
      LocalState state,
      FailOpenParts.Config config,
      FailOpenParts.Tools tools,
      BooleanSupplier mayAct) {
    this.state = state;
    this.config = config;
    this.tools = tools;
    this.mayAct = mayAct;
    TargetDirectory directory = new TargetDirectory(state.targets());
    directory.configure(config.prometheus());
    state.wanted(directory.current().active().keySet());
    this.scrapes =
        new ScrapeManager(
            state.targets(),
            directory,
            tools.fetcher(),
            (_, command) -> CompletableFuture.completedFuture(scraped(command)),
            tools.pacer(),
            ScrapeCapacity.DEFAULT,
            hidden,
            tools.random());
    this.dispatcher = config.setup().map(this::dispatcher).orElse(null);
  }

  private io.trivigil.scraper.loop.CommandLog.Proposed scraped(byte[] command) {
    return mayAct.getAsBoolean()
        ? new io.trivigil.scraper.loop.CommandLog.Proposed.Applied(
            state.scrape(tools.clock().millis(), command))
        : new io.trivigil.scraper.loop.CommandLog.Proposed.Deposed("there is a leader again");
  }

  private Dispatcher dispatcher(Setup setup) {
    Sender sender =
        (attempt, integration, timeout, mayWrite) ->
            tools
                .sender()
                .send(
                    attempt,
                    integration,
                    timeout,
                    () -> mayAct.getAsBoolean() && mayWrite.getAsBoolean());
    return new Dispatcher(
        tools.node(),
        tools.dispatch(),
        state::view,
        () -> setup,
        new LocalLog(),
        sender,
        tools.clock(),
        tools.nanoTicker(),
        Telling.UNTOLD,
        tools.pacer().workers(),
        tools.metrics());
  }

  /// The log of one node alone: what it takes is applied at once.
  private final class LocalLog implements CommandLog {
    @Override
    public CompletableFuture<Fate> propose(byte[] command) {
      // An outcome is true also when the quorum is back.
      return CompletableFuture.completedFuture(
          new Fate.Applied(state.alertmanager(tools.clock().millis(), command)));
    }

    @Override
    public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
      return mayAct.getAsBoolean()
          ? propose(command)
          : CompletableFuture.completedFuture(new Fate.NotTaken("there is a leader again"));
    }
  }

  void start() {
    scrapes.start(TERM);
    if (dispatcher != null) {
      dispatcher.start(TERM);
    }
  }

  /// Something may have become due.
  void stateChanged() {
    if (dispatcher != null) {
      dispatcher.stateChanged();
    }
  }

  /// The samples may be trusted: rules are evaluated from now on.
  void evaluate() {
    if (rules != null) {
      return;
    }
    rules =
        new RuleLoop(
            config.rules(),
            new GroupEvaluator(
                tools.expressions(), state.samples(), tools.nanoTicker(), () -> false),
            state.rules(),
            command -> {
              if (!mayAct.getAsBoolean()) {
                return new Outcome.Lost("there is a leader again");
              }
              Outcome outcome =
                  new Outcome.Applied(state.evaluate(tools.clock().millis(), command));
              stateChanged();
              return outcome;
            },
            tools.clock(),
            hidden,
            tools.pacer().workers(),
            RuleLoop.DEFAULT_CONCURRENCY);
    rules.start();
  }

  boolean evaluates() {
    return rules != null;
  }

  @Override
  public void close() {
    if (dispatcher != null) {
      dispatcher.stop();
    }
    if (rules != null) {
      rules.close();
    }
    scrapes.close();
  }
}
