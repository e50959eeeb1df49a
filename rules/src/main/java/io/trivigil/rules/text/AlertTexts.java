package io.trivigil.rules.text;

import io.trivigil.model.Labels;
import io.trivigil.rules.query.Expressions.QueryFailedException;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.template.TemplateException;
import io.trivigil.template.TemplateSet;
import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.Safe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Expands the templates of alerts. `$labels`, `$value`, `$externalLabels` and `$externalURL` are
/// defined.
public final class AlertTexts {
  private static final String DEFINITIONS =
      "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
          + "{{$externalURL := .ExternalURL}}{{$value := .Value}}";

  // For checks: the functions are known, and none is called.
  private static final TemplateSet CHECKING =
      TemplateSet.text()
          .withMissingKey(TemplateSet.MissingKey.ZERO)
          .withFunctions(withTmpl(AlertFunctions.of(_ -> List.of(), 0, "")));

  private final TemplateSet set;
  private final Map<String, String> externalLabels;
  private final String externalUrl;

  /// Texts for one evaluation.
  ///
  /// @param query runs an instant query at the time of the evaluation
  public AlertTexts(
      Function<String, List<VectorSample>> query,
      long nowMs,
      Labels externalLabels,
      String externalUrl) {
    Function<String, List<VectorSample>> guarded =
        expr -> {
          try {
            return query.apply(expr);
          } catch (QueryFailedException e) {
            throw new GoError(String.valueOf(e.getMessage()));
          }
        };
    this.externalLabels = externalLabels.toMap();
    this.externalUrl = externalUrl;
    this.set = CHECKING.withFunctions(AlertFunctions.of(guarded, nowMs / 1000.0, externalUrl));
  }

  private static Map<String, GoFunction> withTmpl(Map<String, GoFunction> functions) {
    Map<String, GoFunction> all = new HashMap<>(functions);
    all.put("tmpl", GoFunction.of(2, _ -> ""));
    return all;
  }

  /// Expands one text; an error becomes part of the text, as in Prometheus.
  public Expanded expand(String alert, String text, Labels labels, double value) {
    if (text.indexOf("{{") < 0) {
      return new Expanded(text, "");
    }
    String name = "__alert_" + alert;
    GoStruct data =
        GoStruct.named("struct")
            .field("Labels", GoMap.ofStrings(labels.toMap()))
            .field("ExternalLabels", GoMap.ofStrings(externalLabels))
            .field("ExternalURL", externalUrl)
            .field("Value", value)
            .build();
    String error;
    try {
      TemplateSet parsed = set.parse(name, DEFINITIONS + text);
      try {
        TemplateSet bound =
            parsed.withFunctions(Map.of("tmpl", GoFunction.of(2, args -> nested(parsed, args))));
        return new Expanded(bound.execute(name, data), "");
      } catch (TemplateException e) {
        error = "error executing template " + name + ": " + e.getMessage();
      }
    } catch (TemplateException e) {
      error = "error parsing template " + name + ": " + e.getMessage();
    }
    return new Expanded("<error expanding template: " + error + ">", error);
  }

  private static Object nested(TemplateSet set, Args args) {
    try {
      return Safe.html(set.execute(args.string(0), args.any(1)));
    } catch (TemplateException e) {
      throw new GoError(String.valueOf(e.getMessage()));
    }
  }

  /// An expanded text, and what went wrong or nothing.
  public record Expanded(String text, String error) {}

  /// Why a text is no template, or nothing.
  public static String problem(String alert, String text) {
    try {
      CHECKING.parse("__alert_" + alert, DEFINITIONS + text);
      return "";
    } catch (TemplateException e) {
      return "error parsing template __alert_" + alert + ": " + e.getMessage();
    }
  }
}
