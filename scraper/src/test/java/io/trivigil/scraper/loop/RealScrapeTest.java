package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.trivigil.config.http.HttpTransports;
import io.trivigil.config.http.SecretFiles;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.state.FakeStore;
import io.trivigil.scraper.state.TargetMachine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The loops over real sockets and real time, once: a live exporter behind basic authentication,
/// and the name that a real operator's file was left with.
final class RealScrapeTest {
  @Test
  void aLiveTargetIsScrapedBesideOneWithoutAnAddress() throws Exception {
    HttpServer exporter =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    exporter.createContext(
        "/metrics",
        exchange -> {
          boolean known =
              "Basic dTpw".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "a 1\n".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(known ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    exporter.start();
    String address = "localhost:" + exporter.getAddress().getPort();
    FakeStore store = new FakeStore();
    TargetMachine machine = new TargetMachine(store);
    TargetDirectory directory = new TargetDirectory(machine);
    directory.configure(
        LoopFixture.config(
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: j
                basic_auth: {username: u, password: p}
                static_configs: [{targets: ['%s', 'BACKUP_SERVER_IP:9100']}]
            """
                .formatted(address)));
    Labels live = Labels.of("__name__", "up", "job", "j", "instance", address);
    Labels dead = Labels.of("__name__", "up", "job", "j", "instance", "BACKUP_SERVER_IP:9100");
    CountDownLatch bothSeen = new CountDownLatch(1);
    CommandLog log =
        (_, command) -> {
          synchronized (machine) {
            byte[] answer = machine.apply(0, command);
            if (store.of(live).contains("=1") && !store.of(dead).isEmpty()) {
              bothSeen.countDown();
            }
            return CompletableFuture.completedFuture(new CommandLog.Proposed.Applied(answer));
          }
        };
    try (HttpTransports transports =
            new HttpTransports(SecretFiles.DISK, Map.of(), System::nanoTime);
        ScrapeManager manager =
            new ScrapeManager(
                machine,
                directory,
                new HttpFetcher(transports::transport, "Prometheus/3.14.0"),
                log,
                new SystemPacer(InstantSource.system(), System::nanoTime),
                ScrapeCapacity.DEFAULT,
                new Metrics(),
                new SplittableRandom(1))) {
      manager.start(1);
      assertThat(bothSeen.await(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      exporter.stop(0);
    }
    assertThat(store.of(live)).contains("=1");
    assertThat(store.of(dead)).contains("=0").doesNotContain("=1 ");
    assertThat(machine.targets())
        .filteredOn(state -> !state.up())
        .anySatisfy(state -> assertThat(state.error()).contains("BACKUP_SERVER_IP"));
  }
}
