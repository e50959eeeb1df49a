package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.dispatch.Renderer.RenderException;
import io.trivigil.template.TemplateException;
import io.trivigil.template.TemplateSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The templates of one configuration: the default ones, overridden by the files that it names.
/// Immutable.
public final class Templates {
  private static final String DEFAULTS = "default.tmpl";

  private final TemplateSet text;
  private final TemplateSet html;

  private Templates(TemplateSet text, TemplateSet html) {
    this.text = text;
    this.html = html;
  }

  /// Parses them.
  ///
  /// @param files the texts of template files by name, in the order in which they override
  /// @throws TemplateException if one does not parse
  public static Templates of(Map<String, String> files) {
    TemplateSet text = begin(TemplateSet.text());
    TemplateSet html = begin(TemplateSet.html());
    for (Map.Entry<String, String> file : files.entrySet()) {
      text = text.parse(file.getKey(), file.getValue());
      html = html.parse(file.getKey(), file.getValue());
    }
    return new Templates(text, html);
  }

  private static TemplateSet begin(TemplateSet empty) {
    return empty
        .withMissingKey(TemplateSet.MissingKey.ZERO)
        .withFunctions(TemplateFunctions.at(0, Map.of()))
        .parse(DEFAULTS, defaults());
  }

  private static String defaults() {
    try (InputStream in = Templates.class.getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException("default templates are missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Why a template does not parse, or an empty text.
  public String problem(String template) {
    try {
      text.parse("", template);
      return "";
    } catch (TemplateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// Expands a template as plain text.
  public String text(String template, Notification told) throws RenderException {
    return expand(text, template, told);
  }

  /// Expands a template as HTML.
  public String html(String template, Notification told) throws RenderException {
    return expand(html, template, told);
  }

  private static String expand(TemplateSet set, String template, Notification told)
      throws RenderException {
    if (template.isEmpty()) {
      return "";
    }
    try {
      return set.withFunctions(TemplateFunctions.at(told.nowMs(), told.routeLabels()))
          .parse("notification", template)
          .execute("notification", GoData.of(told));
    } catch (TemplateException e) {
      throw new RenderException(String.valueOf(e.getMessage()));
    }
  }
}
