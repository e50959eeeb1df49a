package io.trivigil.scraper.discovery;

import io.trivigil.model.Labels;
import io.trivigil.scraper.config.ScrapeConfig;
import java.net.URI;
import java.time.Duration;

/// Something to scrape.
///
/// @param key names the target: a hash of job, labels and address; stays when settings change
/// @param config the settings of its job, without discovery and target relabelling
/// @param discovered all labels before relabelling
/// @param labels what its series carry
/// @param interval of the job, or as its labels said
/// @param timeout of the job, or as its labels said
/// @param refusal why it must not be scraped though it is wanted, empty if it may be
public record Target(
    String key,
    ScrapeConfig config,
    Labels discovered,
    Labels labels,
    URI url,
    Duration interval,
    Duration timeout,
    String refusal) {
  public String job() {
    return config.jobName();
  }

  /// Whether a loop that scrapes this target may go on for `other`.
  public boolean isScrapedLike(Target other) {
    return new Target(key, config, other.discovered, labels, url, interval, timeout, refusal)
        .equals(other);
  }

  Target refused(String why) {
    return new Target(key, config, discovered, labels, url, interval, timeout, why);
  }
}
