package io.trivigil.rules.eval;

import io.trivigil.model.Labels;
import java.util.Optional;
import java.util.function.Function;

/// What evaluation takes from `prometheus.yml` and the command line.
///
/// @param externalLabels added to alerts that are sent, where absent; seen by templates
/// @param externalUrl where users reach this server, without a slash at its end
/// @param resendDelayMs `--rules.alert.resend-delay`: how long until a firing alert is sent again
/// @param relabel `alert_relabel_configs`: the labels to send, or nothing where the alert is
///   dropped
public record RuleSettings(
    Labels externalLabels,
    String externalUrl,
    long resendDelayMs,
    Function<Labels, Optional<Labels>> relabel) {
  /// One minute.
  public static final long DEFAULT_RESEND_DELAY_MS = 60_000;

  /// Without relabelling and with the default delay.
  public static RuleSettings of(Labels externalLabels, String externalUrl) {
    return new RuleSettings(externalLabels, externalUrl, DEFAULT_RESEND_DELAY_MS, Optional::of);
  }
}
