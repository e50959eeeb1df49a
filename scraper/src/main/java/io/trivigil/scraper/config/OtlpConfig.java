package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.model.Names;
import io.trivigil.scraper.relabel.NameScheme;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The section `otlp`: how OpenTelemetry's names and attributes become labels.
public record OtlpConfig(
    List<String> promoted,
    boolean promoteAll,
    List<String> ignored,
    String translation,
    boolean keepIdentifying,
    boolean convertHistograms,
    boolean promoteScope,
    boolean sanitizeUnderscores,
    boolean keepUnderscores) {
  private static final Set<String> STRATEGIES =
      Set.of(
          "UnderscoreEscapingWithSuffixes",
          "NoUTF8EscapingWithSuffixes",
          "UnderscoreEscapingWithoutSuffixes",
          "NoTranslation");

  /// What holds without the section.
  public static final OtlpConfig DEFAULT =
      new OtlpConfig(
          List.of(),
          false,
          List.of(),
          "UnderscoreEscapingWithSuffixes",
          false,
          false,
          false,
          true,
          true);

  public OtlpConfig {
    promoted = List.copyOf(promoted);
    ignored = List.copyOf(ignored);
  }

  static OtlpConfig read(YamlMap map, NameScheme names) {
    List<String> promoted = attributes(map, "promote_resource_attributes", "promoted");
    List<String> ignored = attributes(map, "ignore_resource_attributes", "ignored");
    boolean all = map.bool("promote_all_resource_attributes", false);
    if (all && !promoted.isEmpty()) {
      map.problem(
          "promote_all_resource_attributes",
          "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously");
    }
    if (!all && !ignored.isEmpty()) {
      map.problem(
          "ignore_resource_attributes",
          "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true");
    }
    String strategy = map.string("translation_strategy", DEFAULT.translation);
    if (!STRATEGIES.contains(strategy)) {
      map.problem(
          "translation_strategy", "unsupported OTLP translation strategy " + Names.quote(strategy));
    } else if (names == NameScheme.LEGACY && strategy.startsWith("No")) {
      map.problem(
          "translation_strategy",
          "OTLP translation strategy %s is not allowed when UTF8 is disabled"
              .formatted(Names.quote(strategy)));
    }
    return new OtlpConfig(
        promoted,
        all,
        ignored,
        strategy,
        map.bool("keep_identifying_resource_attributes", false),
        map.bool("convert_histograms_to_nhcb", false),
        map.bool("promote_scope_metadata", false),
        map.bool("label_name_underscore_sanitization", true),
        map.bool("label_name_preserve_multiple_underscores", true));
  }

  private static List<String> attributes(YamlMap map, String key, String word) {
    Set<String> attributes = new LinkedHashSet<>();
    for (String text : map.strings(key)) {
      String attribute = text.strip();
      if (attribute.isEmpty()) {
        map.problem(key, "empty %s OTel resource attribute".formatted(word));
      } else if (!attributes.add(attribute)) {
        map.problem(
            key,
            "duplicated %s OTel resource attribute %s".formatted(word, Names.quote(attribute)));
      }
    }
    return List.copyOf(attributes);
  }
}
