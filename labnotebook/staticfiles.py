"""How scripts, styles and fonts are stored for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside the ``import`` lines of JavaScript modules."""

    support_js_module_import_aggregation = True
