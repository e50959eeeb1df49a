package io.trivigil.scraper.loop;

import io.trivigil.config.http.HttpConfig;
import io.trivigil.model.Labels;
import io.trivigil.scraper.config.EscapingScheme;
import io.trivigil.scraper.config.GlobalConfig;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.scraper.state.ScrapeCommand;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lets the JIT see what a leader does with a body, so that a follower that becomes leader does not
/// do it for the first time. Changes nothing; takes some tenths of a second of one core.
public final class ScrapeWarmUp {
  private static final int FAMILIES = 200;

  private ScrapeWarmUp() {}

  /// Reads a made-up body this many times and encodes what comes of it; returns the bytes encoded,
  /// so that none of it can be left out.
  public static long run(int rounds) {
    ScrapeReader reader = new ScrapeReader(target());
    byte[] body = body();
    long bytes = 0;
    for (int i = 0; i < rounds; i++) {
      Scraped scraped =
          reader.read(new Fetcher.Fetched.Body(body, "text/plain;version=0.0.4"), 1000L + i);
      byte[] command =
          new ScrapeCommand.Batch(
                  "warm-up",
                  "warm-up",
                  1000,
                  i,
                  1000L + i,
                  scraped.error.isEmpty(),
                  scraped.error,
                  0,
                  scraped.tracked.size(),
                  0,
                  scraped.metadata,
                  scraped.prepare().samples())
              .encode();
      bytes += ScrapeCommand.decode(command) instanceof ScrapeCommand.Batch ? command.length : 0;
    }
    return bytes;
  }

  private static Target target() {
    GlobalConfig global = GlobalConfig.DEFAULT;
    ScrapeConfig config =
        new ScrapeConfig(
            "warm-up",
            global.scrapeInterval(),
            global.scrapeTimeout(),
            global.protocols(),
            Optional.empty(),
            "/metrics",
            "http",
            Map.of(),
            false,
            true,
            false,
            true,
            false,
            global.limits(),
            global.histograms(),
            NameScheme.UTF8,
            EscapingScheme.ALLOW_UTF8,
            HttpConfig.DEFAULT,
            List.of(),
            List.of(),
            List.of());
    return new Target(
        "warm-up",
        config,
        Labels.EMPTY,
        Labels.of("job", "warm-up", "instance", "localhost:1"),
        URI.create("http://localhost:1/metrics"),
        config.interval(),
        config.timeout(),
        "");
  }

  private static byte[] body() {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < FAMILIES; i++) {
      body.append("# HELP warm_%d_seconds A made-up family.\n".formatted(i));
      body.append("# TYPE warm_%d_seconds histogram\n".formatted(i));
      body.append("warm_%d_seconds_bucket{path=\"/x\",le=\"0.5\"} %d\n".formatted(i, i));
      body.append("warm_%d_seconds_bucket{path=\"/x\",le=\"+Inf\"} %d\n".formatted(i, 2 * i));
      body.append("warm_%d_seconds_sum{path=\"/x\"} %d.25e+03\n".formatted(i, i));
      body.append("warm_%d_seconds_count{path=\"/x\"} %d\n".formatted(i, 2 * i));
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
