package io.trivigil.template;

import io.trivigil.template.html.HtmlWriter;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoStrings;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Templates that can call one another, and the functions that they may use. Immutable: parsing
/// gives a new set.
///
/// ```java
/// TemplateSet set = TemplateSet.text().withFunctions(functions).parse("greeting", "Hello {{ .name }}!");
/// String out = set.execute("greeting", GoMap.ofStrings(Map.of("name", "world")));
/// ```
public final class TemplateSet {
  /// What `.key` gives where a map has no such key.
  public enum MissingKey {
    /// Nil, which prints as `<no value>`: Go's default.
    NO_VALUE,
    /// The zero value of the map's elements.
    ZERO,
    /// An error.
    ERROR
  }

  private final boolean html;
  private final MissingKey missingKey;
  private final TemplateLimits limits;
  private final Map<String, GoFunction> functions;
  private final SortedMap<String, Tree> trees;

  private TemplateSet(
      boolean html,
      MissingKey missingKey,
      TemplateLimits limits,
      Map<String, GoFunction> functions,
      SortedMap<String, Tree> trees) {
    this.html = html;
    this.missingKey = missingKey;
    this.limits = limits;
    this.functions = functions;
    this.trees = trees;
  }

  /// An empty set for plain text.
  public static TemplateSet text() {
    return empty(false);
  }

  /// An empty set for HTML: values are escaped for the place where they stand.
  public static TemplateSet html() {
    return empty(true);
  }

  private static TemplateSet empty(boolean html) {
    return new TemplateSet(
        html,
        MissingKey.NO_VALUE,
        TemplateLimits.DEFAULT,
        Map.copyOf(Builtins.functions(html)),
        Collections.emptySortedMap());
  }

  /// The same templates with more functions; those of the same name are replaced, also in templates
  /// parsed before.
  public TemplateSet withFunctions(Map<String, GoFunction> more) {
    Map<String, GoFunction> all = new HashMap<>(functions);
    all.putAll(more);
    return new TemplateSet(html, missingKey, limits, Map.copyOf(all), trees);
  }

  /// The same templates with another answer to missing keys.
  public TemplateSet withMissingKey(MissingKey choice) {
    return new TemplateSet(html, choice, limits, functions, trees);
  }

  /// The same templates under other limits.
  public TemplateSet withLimits(TemplateLimits others) {
    return new TemplateSet(html, missingKey, others, functions, trees);
  }

  /// Adds a source: its own template under `name`, and all that it defines. An empty one replaces
  /// nothing.
  ///
  /// @throws TemplateException if it does not parse
  public TemplateSet parse(String name, String source) {
    SortedMap<String, Tree> all = new TreeMap<>(trees);
    Parser.parse(name, source, functions.keySet(), limits.maxDepth())
        .forEach(
            (key, tree) -> {
              if (!all.containsKey(key) || !tree.root().isEmpty()) {
                all.put(key, tree);
              }
            });
    return new TemplateSet(
        html, missingKey, limits, functions, Collections.unmodifiableSortedMap(all));
  }

  /// The names of all templates.
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new java.util.TreeSet<>(trees.keySet()));
  }

  /// The names of all functions.
  public Set<String> functionNames() {
    return Collections.unmodifiableSet(new HashSet<>(functions.keySet()));
  }

  /// Executes one template on some data.
  ///
  /// @throws TemplateException if it fails, or reaches a limit
  public String execute(String name, @Nullable Object data) {
    Tree tree = trees.get(name);
    if (tree == null) {
      throw new TemplateException(
          "template: no template %s associated with template %s"
              .formatted(GoStrings.quote(name), GoStrings.quote(name)));
    }
    Output out = html ? new Html(new HtmlWriter()) : new Output.Plain();
    new Execution(this, out, data).run(tree);
    return out.finish();
  }

  @Nullable Tree tree(String name) {
    return trees.get(name);
  }

  @Nullable GoFunction function(String name) {
    return functions.get(name);
  }

  MissingKey missingKey() {
    return missingKey;
  }

  TemplateLimits limits() {
    return limits;
  }

  private record Html(HtmlWriter writer) implements Output {
    @Override
    public void text(String text) {
      writer.text(text);
    }

    @Override
    public void value(@Nullable Object value) {
      writer.value(value);
    }

    @Override
    public int length() {
      return writer.length();
    }

    @Override
    public String finish() {
      return writer.finish();
    }
  }
}
