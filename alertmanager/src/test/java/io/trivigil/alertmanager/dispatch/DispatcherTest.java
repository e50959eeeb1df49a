package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.notify.DefaultSender;
import io.trivigil.alertmanager.notify.NotificationRenderer;
import io.trivigil.alertmanager.notify.TemplateCheck;
import io.trivigil.alertmanager.notify.Templates;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.config.http.HttpTransports;
import io.trivigil.config.http.SecretFiles;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The dispatcher with its real threads, a real HTTP client and a log of one node.
class DispatcherTest {
  private record Got(String key, String body) {}

  private final AlertmanagerMachine machine = new AlertmanagerMachine(Limits.DEFAULT);
  private final Metrics metrics = new Metrics();
  private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private final AtomicInteger refuse = new AtomicInteger(1);
  private final Object applyLock = new Object();
  private InstantSource clock = InstantSource.system();

  private void apply(Command command) {
    synchronized (applyLock) {
      machine.apply(clock.millis(), command);
    }
  }

  private final CommandLog log =
      new CommandLog() {
        @Override
        public CompletableFuture<Fate> propose(byte[] command) {
          synchronized (applyLock) {
            return CompletableFuture.completedFuture(
                new Fate.Applied(machine.apply(clock.millis(), command)));
          }
        }

        @Override
        public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
          return term == 7
              ? propose(command)
              : CompletableFuture.completedFuture(new Fate.NotTaken("not that term"));
        }
      };

  private HttpServer sink() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean no = refuse.getAndDecrement() > 0;
          exchange.sendResponseHeaders(no ? 503 : 200, -1);
          exchange.close();
          got.add(
              new Got(
                  exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                  new String(body, StandardCharsets.UTF_8)));
        });
    server.start();
    return server;
  }

  @Test
  void aWebhookIsCalledOnceThoughItsFirstTryFails() throws Exception {
    HttpServer server = sink();
    String yaml =
        """
        route: {receiver: hook, group_wait: 0s, group_interval: 1h, labels: {team: '{{ .Status }}'}}
        receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:%d/hook'}]}]
        """
            .formatted(server.getAddress().getPort());
    AlertmanagerConfig config = AlertmanagerConfig.parse("am.yml", yaml, Path.of("/"));
    Templates templates = Templates.of(Map.of());
    assertThat(TemplateCheck.problems(config, templates)).isEmpty();
    Setup setup = new Setup(config, new NotificationRenderer(templates, "http://us", "us"));
    try (HttpTransports transports =
        new HttpTransports(SecretFiles.DISK, Map.of(), System::nanoTime)) {
      Dispatcher dispatcher =
          new Dispatcher(
              "n1",
              DispatchSettings.DEFAULT,
              machine::view,
              () -> setup,
              log,
              new DefaultSender(transports::transport, SecretFiles.DISK, "Alertmanager/0.34.0"),
              clock,
              System::nanoTime,
              new SplittableRandom(1),
              Workers.VIRTUAL,
              metrics);
      dispatcher.start(7);
      long nowMs = clock.millis();
      AlertUpdate down =
          new AlertUpdate(Labels.of("alertname", "Down"), Labels.EMPTY, nowMs, nowMs + 600_000, "");
      apply(AlertsReceived.of(List.of(down)));
      dispatcher.stateChanged();
      Got first = got.poll(60, TimeUnit.SECONDS);
      Got second = got.poll(60, TimeUnit.SECONDS);
      assertThat(second).isNotNull().isEqualTo(first);
      assertThat(second.body()).contains("\"routeLabels\":{\"team\":\"firing\"}");
      while (!machine.view().attempts().isEmpty()) {
        Thread.onSpinWait();
      }
      dispatcher.stop();
      apply(
          AlertsReceived.of(
              List.of(
                  new AlertUpdate(
                      Labels.of("alertname", "Up"), Labels.EMPTY, nowMs, nowMs + 600_000, ""))));
      dispatcher.stateChanged();
      assertThat(got.poll(100, TimeUnit.MILLISECONDS)).as("who has stopped sends nothing").isNull();
    } finally {
      server.stop(0);
    }
    assertThat(machine.view().log()).hasSize(1);
    assertThat(metrics.expose())
        .contains("alertmanager_notifications_total{integration=\"webhook\"} 1")
        .contains("alertmanager_notification_requests_failed_total{integration=\"webhook\"} 1");
  }

  /// A new configuration begins the work anew within the term, while a request is in flight.
  @Test
  void aTryIsMadeOnceThoughTheWorkBeginsAnew() throws Exception {
    String yaml =
        """
        route: {receiver: hook, group_by: [alertname], group_wait: 0s}
        receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:1/hook'}]}]
        """;
    clock = InstantSource.fixed(clock.instant()); // no lease ends however long this takes
    AlertmanagerConfig config = AlertmanagerConfig.parse("am.yml", yaml, Path.of("/"));
    Setup setup = new Setup(config, new NotificationRenderer(Templates.of(Map.of()), "", "us"));
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    Dispatcher dispatcher =
        new Dispatcher(
            "n1",
            DispatchSettings.DEFAULT,
            machine::view,
            () -> setup,
            log,
            (attempt, _, _, _) -> {
              asked.add(attempt.id());
              return new CompletableFuture<>(); // the receiver takes its time
            },
            clock,
            System::nanoTime,
            new SplittableRandom(1),
            Workers.VIRTUAL,
            metrics);
    dispatcher.start(7);
    fire("First");
    dispatcher.stateChanged();
    String first = asked.poll(60, TimeUnit.SECONDS);
    dispatcher.start(7);
    fire("Second");
    dispatcher.stateChanged();
    String second = asked.poll(60, TimeUnit.SECONDS);
    dispatcher.stop();
    assertThat(second).isNotNull().isNotEqualTo(first);
    assertThat(asked).isEmpty();
  }

  private void fire(String name) {
    long nowMs = clock.millis();
    Labels labels = Labels.of("alertname", name);
    apply(
        AlertsReceived.of(
            List.of(new AlertUpdate(labels, Labels.EMPTY, nowMs, nowMs + 600_000, ""))));
  }
}
