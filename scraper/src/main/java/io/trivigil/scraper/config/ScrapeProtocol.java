package io.trivigil.scraper.config;

import java.util.List;

/// A format that a target may answer in.
public enum ScrapeProtocol {
  OPEN_METRICS_0_0_1("OpenMetricsText0.0.1", "application/openmetrics-text;version=0.0.1"),
  OPEN_METRICS_1_0_0("OpenMetricsText1.0.0", "application/openmetrics-text;version=1.0.0"),
  PROTOBUF(
      "PrometheusProto",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"),
  TEXT_0_0_4("PrometheusText0.0.4", "text/plain;version=0.0.4"),
  TEXT_1_0_0("PrometheusText1.0.0", "text/plain;version=1.0.0");

  /// What is asked for unless the user says otherwise.
  public static final List<ScrapeProtocol> DEFAULT =
      List.of(OPEN_METRICS_1_0_0, OPEN_METRICS_0_0_1, TEXT_1_0_0, TEXT_0_0_4);

  /// As [#DEFAULT] where native histograms are scraped.
  static final List<ScrapeProtocol> PROTOBUF_FIRST =
      List.of(PROTOBUF, OPEN_METRICS_1_0_0, OPEN_METRICS_0_0_1, TEXT_1_0_0, TEXT_0_0_4);

  private final String text;
  private final String mediaType;

  ScrapeProtocol(String text, String mediaType) {
    this.text = text;
    this.mediaType = mediaType;
  }

  /// The name in the configuration.
  public String text() {
    return text;
  }

  /// The media type as it stands in the Accept header, without escaping and quality.
  public String mediaType() {
    return mediaType;
  }

  /// Whether the media type carries the escaping of names.
  public boolean hasEscaping() {
    return this == OPEN_METRICS_1_0_0 || this == TEXT_1_0_0;
  }

  static ScrapeProtocol parse(String text) {
    for (ScrapeProtocol protocol : values()) {
      if (protocol.text.equals(text)) {
        return protocol;
      }
    }
    throw new IllegalArgumentException(
        "unknown scrape protocol %s, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0]"
            .formatted(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
