
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('synthesis', '0020_tolerance_of_the_recipe'),
    ]

    operations = [
        migrations.AlterField(
            model_name='recipe',
            name='kind',
            field=models.CharField(choices=[('stock_solution', 'Stock solution'), ('nanocrystals', 'Nanocrystals'), ('layer_solution', 'Layer solution'), ('experiment', 'Free experiment'), ('device', 'Device')], max_length=20),
        ),
    ]
