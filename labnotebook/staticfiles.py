"""How scripts, styles and fonts are stored for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside the ``import`` lines of JavaScript modules."""

    support_js_module_import_aggregation = True

    def url_converter(self, name, hashed_files, template=None):
        """Rewrite imports in our own modules only.

        The extensions that come with django-htmx name modules in comments that do not exist.
        """
        if name.endswith(".js") and not name.startswith("notebook/"):
            return lambda match: match[0]
        return super().url_converter(name, hashed_files, template)
