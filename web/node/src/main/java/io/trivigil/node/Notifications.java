package io.trivigil.node;

import io.trivigil.alertmanager.api.StateMetrics;
import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.alertmanager.dispatch.DispatchSettings;
import io.trivigil.alertmanager.dispatch.Dispatcher;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.dispatch.Setup;
import io.trivigil.alertmanager.notify.DefaultSender;
import io.trivigil.alertmanager.notify.NotificationRenderer;
import io.trivigil.alertmanager.notify.Templates;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.config.http.HttpTransports;
import io.trivigil.config.http.SecretFiles;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.template.TemplateException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The alertmanager's work of the leader, while there is an `alertmanager.yml`. Thread-safe: a
/// private lock guards what runs.
final class Notifications implements LeaderWork.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
  private static final String USER_AGENT = "Alertmanager/0.34.0";

  /// A gap that ended longer ago was dealt with by the leader of that time.
  private static final Duration GAP_IS_FRESH = Duration.ofMinutes(2);

  private final NodeOptions options;
  private final Node.World world;
  private final NodeMachine machine;
  private final DispatchSettings settings;
  private final Sender sender;
  private final Dispatcher dispatcher;
  private final Heartbeats heartbeats;
  private final Metrics metrics;
  private final Object lock = new Object();
  private volatile @Nullable Setup setup;
  private long term; // 0 while this node does not lead
  private boolean running;

  Notifications(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      CommandLog log,
      HttpTransports transports,
      SecretFiles secrets,
      Heartbeats heartbeats,
      Metrics metrics) {
    this(
        options,
        world,
        machine,
        machine.alertmanager()::view,
        log,
        new DefaultSender(transports::transport, secrets, USER_AGENT),
        Workers.VIRTUAL,
        heartbeats,
        metrics);
  }

  /// @param state the replicated state as this node has applied it
  /// @param workers the dispatcher's thread
  Notifications(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      Supplier<StateView> state,
      CommandLog log,
      Sender sender,
      Workers workers,
      Heartbeats heartbeats,
      Metrics metrics) {
    this.heartbeats = heartbeats;
    this.metrics = metrics;
    this.options = options;
    this.world = world;
    this.machine = machine;
    this.settings = settings(options.alertRetention());
    this.sender = sender;
    this.dispatcher =
        new Dispatcher(
            options.nodeId(),
            settings,
            state,
            this::setupInForce,
            log,
            sender,
            world.clock(),
            world.nanoTicker(),
            world.random(),
            workers,
            metrics);
  }

  private static DispatchSettings settings(Duration retention) {
    DispatchSettings d = DispatchSettings.DEFAULT;
    return new DispatchSettings(
        d.attemptTimeout(),
        d.maxAttemptTimeout(),
        d.leaseMargin(),
        d.minFlush(),
        d.firstRetry(),
        d.maxRetry(),
        d.maxInFlight(),
        retention,
        d.endedAlerts(),
        d.unsentEndedAlerts(),
        d.maintenance(),
        d.maxPayloadBytes(),
        d.maxFlushBytes());
  }

  private Setup setupInForce() {
    Setup inForce = setup;
    if (inForce == null) {
      throw new IllegalStateException("no alertmanager is configured");
    }
    return inForce;
  }

  /// The configuration in force, made ready; empty where there is no alertmanager.
  Optional<Setup> current() {
    return Optional.ofNullable(setup);
  }

  DispatchSettings settings() {
    return settings;
  }

  Sender sender() {
    return sender;
  }

  /// The configuration in force for what this node sends on its own; empty where there is no
  /// alertmanager.
  Optional<Setup> alone() {
    return current()
        .map(
            inForce ->
                inForce.renderer() instanceof NotificationRenderer renderer
                    ? new Setup(inForce.config(), renderer.alone(options.nodeId()))
                    : new Setup(inForce.config(), inForce.renderer()));
  }

  /// Switches to a configuration.
  void configure(LoadedConfig config) {
    synchronized (lock) {
      setup = config.alertmanager().map(alertmanager -> make(config)).orElse(null);
      config.alertmanager().ifPresent(this::tellState);
      decide();
    }
    dispatcher.stateChanged();
  }

  private void tellState(AlertmanagerConfig config) {
    StateMetrics.register(
        metrics, machine.alertmanager()::view, () -> config, world.clock(), Limits.DEFAULT);
  }

  private @Nullable Setup make(LoadedConfig config) {
    try {
      Templates templates = Templates.of(config.templates());
      return new Setup(
          config.alertmanager().orElseThrow(),
          new NotificationRenderer(templates, options.externalUrl(), options.clusterName()),
          heartbeats.under(config));
    } catch (TemplateException e) {
      LOG.error(
          "templates can not be used, notifications go on with the configuration before problem={}",
          e.getMessage());
      return setup;
    }
  }

  /// An entry was applied: something may have become due.
  void stateChanged() {
    dispatcher.stateChanged();
  }

  @Override
  public void start(long ofTerm) {
    synchronized (lock) {
      term = ofTerm;
      decide();
    }
  }

  @Override
  public void stop() {
    synchronized (lock) {
      term = 0;
      decide();
    }
  }

  private void decide() {
    boolean wanted = term != 0 && setup != null;
    if (running) {
      dispatcher.stop();
    }
    running = wanted;
    if (wanted) {
      dispatcher.start(term, freshGap());
    }
  }

  /// The time behind which this node began to lead, where nothing was committed for a while.
  private Optional<Command.GapSeen> freshGap() {
    return machine
        .lastGap()
        .filter(gap -> world.clock().millis() - gap.toMs() < GAP_IS_FRESH.toMillis())
        .map(gap -> new Command.GapSeen(gap.fromMs(), gap.toMs()));
  }
}
